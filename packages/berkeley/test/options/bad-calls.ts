// Every function of `berkeley/options` with every parameter, each call with one argument left to be chosen badly.
import { SO_TYPE, SOL_SOCKET } from 'berkeley'
import * as exported from 'berkeley/options'
import type { Row } from '../bad-calls.ts'
import { kinds } from '../nasty.ts'

const options = { ...exported }
const room = () => Buffer.alloc(8)
const GROUP = '239.1.2.3'
const asked = [
  ...([
    'boundDevice',
    'getFilter',
    'detachFilter',
    'lockFilter',
    'detachReuseportBpf',
    'getTcpInfo',
  ] as const),
  ...(['getPeerCredentials', 'getPeerGroups', 'getPeerPidfd', 'getPeerSecurity'] as const),
  ...(['inq', 'outq', 'outqnsd', 'sockatmark'] as const),
]
const attaching = ['attachFilter', 'attachReuseportCbpf', 'attachFanoutCbpf'] as const
const memberships = ['joinGroup', 'leaveGroup'] as const
const sources = ['blockSource', 'unblockSource'] as const

/** The functions of `berkeley/options`, which are the same for both forms. */
export const optionFunctions: Row[] = [
  ...asked.map((name): Row => [name, 'socket', kinds.descriptor, (bad) => options[name](bad)]),
  ['getsockopt', 'socket', kinds.descriptor, (bad) => options.getsockopt(bad, SOL_SOCKET, SO_TYPE)],
  ['getsockopt', 'level', kinds.int, (bad, { udp }) => options.getsockopt(udp, bad, SO_TYPE as never)],
  ['getsockopt', 'optname', kinds.int, (bad, { udp }) => options.getsockopt(udp, SOL_SOCKET, bad)],
  ['fromProcess', 'pid', kinds.natural, (bad) => options.fromProcess(bad, 0)],
  ['fromProcess', 'fd', kinds.natural, (bad) => options.fromProcess(process.pid, bad)],
  ...attaching.flatMap((name): Row[] => [
    [name, 'socket', kinds.descriptor, (bad) => options[name](bad, room())],
    [name, 'program', kinds.program, (bad, { udp }) => options[name](udp, bad)],
  ]),
  ...memberships.flatMap((name): Row[] => [
    [name, 'socket', kinds.descriptor, (bad) => options[name](bad, GROUP)],
    [name, 'group', kinds.ip, (bad, { udp }) => options[name](udp, bad)],
    [name, 'options', kinds.options, (bad, { udp }) => options[name](udp, GROUP, bad)],
    [name, 'interface', kinds.device, (bad, { udp }) => options[name](udp, GROUP, { interface: bad })],
    [name, 'source', kinds.ip, (bad, { udp }) => options[name](udp, GROUP, { source: bad })],
  ]),
  ...sources.flatMap((name): Row[] => [
    [name, 'socket', kinds.descriptor, (bad) => options[name](bad, GROUP, '192.0.2.1')],
    [name, 'group', kinds.ip, (bad, { udp }) => options[name](udp, bad, '192.0.2.1')],
    [name, 'source', kinds.ip, (bad, { udp }) => options[name](udp, GROUP, bad)],
    [name, 'options', kinds.options, (bad, { udp }) => options[name](udp, GROUP, '192.0.2.1', bad)],
    [
      name,
      'interface',
      kinds.device,
      (bad, { udp }) => options[name](udp, GROUP, '192.0.2.1', { interface: bad }),
    ],
  ]),
  ['tcpZerocopyReceive', 'socket', kinds.descriptor, (bad) => options.tcpZerocopyReceive(bad, 4096)],
  ['tcpZerocopyReceive', 'bufsize', kinds.natural, (bad, { tcp }) => options.tcpZerocopyReceive(tcp, bad)],
  ['munmap', 'data', kinds.mapped, (bad) => options.munmap(bad)],
  ['bpfProgLoad', 'type', kinds.int, (bad) => options.bpfProgLoad(bad, room())],
  ['bpfProgLoad', 'program', kinds.extendedProgram, (bad) => options.bpfProgLoad(1, bad)],
  ['bpfProgLoad', 'options', kinds.options, (bad) => options.bpfProgLoad(1, room(), bad)],
  ['attachBpf', 'socket', kinds.descriptor, (bad, { udp }) => options.attachBpf(bad, udp)],
  ['attachBpf', 'program', kinds.descriptor, (bad, { udp }) => options.attachBpf(udp, bad)],
  [
    'attachReuseportEbpf',
    'socket',
    kinds.descriptor,
    (bad, { udp }) => options.attachReuseportEbpf(bad, udp),
  ],
  [
    'attachReuseportEbpf',
    'program',
    kinds.descriptor,
    (bad, { udp }) => options.attachReuseportEbpf(udp, bad),
  ],
  ['detachBpf', 'socket', kinds.descriptor, (bad) => options.detachBpf(bad)],
  ['kcmAttach', 'kcm', kinds.descriptor, (bad, { udp }) => options.kcmAttach(bad, udp, udp)],
  ['kcmAttach', 'connection', kinds.descriptor, (bad, { udp }) => options.kcmAttach(udp, bad, udp)],
  ['kcmAttach', 'program', kinds.descriptor, (bad, { udp }) => options.kcmAttach(udp, udp, bad)],
  ['kcmUnattach', 'kcm', kinds.descriptor, (bad, { udp }) => options.kcmUnattach(bad, udp)],
  ['kcmUnattach', 'connection', kinds.descriptor, (bad, { udp }) => options.kcmUnattach(udp, bad)],
  ['kcmClone', 'kcm', kinds.descriptor, (bad) => options.kcmClone(bad)],
  ['setsourcefilter', 'socket', kinds.descriptor, (bad) => options.setsourcefilter(bad, 0, GROUP, 0, [])],
  [
    'setsourcefilter',
    'interface',
    kinds.device,
    (bad, { udp }) => options.setsourcefilter(udp, bad, GROUP, 0, []),
  ],
  ['setsourcefilter', 'group', kinds.ip, (bad, { udp }) => options.setsourcefilter(udp, 0, bad, 0, [])],
  [
    'setsourcefilter',
    'fmode',
    kinds.natural,
    (bad, { udp }) => options.setsourcefilter(udp, 0, GROUP, bad, []),
  ],
  ['setsourcefilter', 'slist', kinds.list, (bad, { udp }) => options.setsourcefilter(udp, 0, GROUP, 0, bad)],
  [
    'setsourcefilter',
    'slist',
    kinds.listOfWrong,
    (bad, { udp }) => options.setsourcefilter(udp, 0, GROUP, 0, bad),
  ],
  ['getsourcefilter', 'socket', kinds.descriptor, (bad) => options.getsourcefilter(bad, 0, GROUP)],
  ['getsourcefilter', 'interface', kinds.device, (bad, { udp }) => options.getsourcefilter(udp, bad, GROUP)],
  ['getsourcefilter', 'group', kinds.ip, (bad, { udp }) => options.getsourcefilter(udp, 0, bad)],
  ['bindToDevice', 'socket', kinds.descriptor, (bad) => options.bindToDevice(bad, 'lo')],
  ['bindToDevice', 'device', kinds.deviceOrNull, (bad, { udp }) => options.bindToDevice(udp, bad)],
]
