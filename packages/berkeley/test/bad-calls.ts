// Every function and method with every parameter, each call with one argument left to be chosen badly.
import { AF_INET, type AF_INET6, AF_UNIX, Batch, type Socket } from 'berkeley'
import type { Library } from './forms.ts'
import { type Kind, kinds } from './nasty.ts'

/** What the calls are made on. Nothing of it has a name or a peer, but for `pair`. */
export interface Subject {
  readonly library: Library
  readonly tcp: Socket<typeof AF_INET>
  readonly udp: Socket<typeof AF_INET>
  readonly inet6: Socket<typeof AF_INET6>
  readonly unix: Socket<typeof AF_UNIX>
  readonly pair: Socket<typeof AF_UNIX>
}

/** The function and the parameter as errors name them, what it wants, and the call. */
export type Row = [name: string, parameter: string, wants: Kind, call: (bad: never, at: Subject) => unknown]

const ADDRESS = 'address(.family|.bytes)?|host|port|flowinfo|scopeId'
const HERE = ['127.0.0.1', 0] as const
const room = () => Buffer.alloc(8)
const batch = () => new Batch(1, 8)
const pushed = (library: { Batch: typeof Batch }, address: never) => {
  const full = new library.Batch(1, 8)
  full.push('x', address)
  return full
}

function addressed(name: 'bind' | 'connect' | 'connectEx'): Row[] {
  return [
    [name, ADDRESS, kinds.inet, (bad, { tcp }) => tcp[name](bad)],
    [name, ADDRESS, kinds.inet6, (bad, { inet6 }) => inet6[name](bad)],
    [name, ADDRESS, kinds.unix, (bad, { unix }) => unix[name](bad)],
  ]
}

export const methods: Row[] = [
  ['accept', 'options', kinds.options, (bad, { tcp }) => tcp.accept(bad)],
  ...addressed('bind'),
  ...addressed('connect'),
  ...addressed('connectEx'),
  ['connect', 'options', kinds.options, (bad, { tcp }) => tcp.connect(HERE, bad)],
  ['getsockopt', 'level', kinds.int, (bad, { tcp }) => tcp.getsockopt(bad as number, 1)],
  ['getsockopt', 'optname', kinds.int, (bad, { tcp }) => tcp.getsockopt(1, bad as number)],
  ['getsockopt', 'buflen', kinds.naturalOrBytes, (bad, { tcp }) => tcp.getsockopt(1, 1, bad)],
  ['listen', 'backlog', kinds.int, (bad, { tcp }) => tcp.listen(bad)],
  ['makefile', 'mode', kinds.textOrNull, (bad, { pair }) => pair.makefile(bad)],
  ['makefile', 'options', kinds.options, (bad, { pair }) => pair.makefile('r', bad)],
  ['recv', 'bufsize', kinds.size, (bad, { pair }) => pair.recv(bad)],
  ['recv', 'flags|options', kinds.intOrOptions, (bad, { pair }) => pair.recv(1, bad)],
  ['recvInto', 'buffer', kinds.memory, (bad, { pair }) => pair.recvInto(bad)],
  ['recvInto', 'nbytes|options', kinds.sizeOrOptions, (bad, { pair }) => pair.recvInto(room(), bad)],
  ['recvInto', 'flags|options', kinds.intOrOptions, (bad, { pair }) => pair.recvInto(room(), 1, bad)],
  ['recvfrom', 'bufsize', kinds.size, (bad, { udp }) => udp.recvfrom(bad)],
  ['recvfrom', 'flags|options', kinds.intOrOptions, (bad, { udp }) => udp.recvfrom(1, bad)],
  ['recvfromInto', 'buffer', kinds.memory, (bad, { udp }) => udp.recvfromInto(bad)],
  ['recvfromInto', 'nbytes|options', kinds.sizeOrOptions, (bad, { udp }) => udp.recvfromInto(room(), bad)],
  ['recvfromInto', 'flags|options', kinds.intOrOptions, (bad, { udp }) => udp.recvfromInto(room(), 1, bad)],
  ['recvmsg', 'bufsize', kinds.size, (bad, { udp }) => udp.recvmsg(bad)],
  ['recvmsg', 'ancbufsize|options', kinds.sizeOrOptions, (bad, { udp }) => udp.recvmsg(1, bad)],
  ['recvmsg', 'flags|options', kinds.intOrOptions, (bad, { udp }) => udp.recvmsg(1, 1, bad)],
  ['recvmsgInto', 'buffers', kinds.list, (bad, { udp }) => udp.recvmsgInto(bad)],
  ['recvmsgInto', 'buffers', kinds.listOfWrong, (bad, { udp }) => udp.recvmsgInto(bad)],
  [
    'recvmsgInto',
    'ancbufsize|options',
    kinds.sizeOrOptions,
    (bad, { udp }) => udp.recvmsgInto([room()], bad),
  ],
  ['recvmsgInto', 'flags|options', kinds.intOrOptions, (bad, { udp }) => udp.recvmsgInto([room()], 1, bad)],
  ['send', 'data', kinds.data, (bad, { pair }) => pair.send(bad)],
  ['send', 'flags|options', kinds.intOrOptions, (bad, { pair }) => pair.send('x', bad)],
  ['sendall', 'data', kinds.data, (bad, { pair }) => pair.sendall(bad)],
  ['sendall', 'flags|options', kinds.intOrOptions, (bad, { pair }) => pair.sendall('x', bad)],
  ['sendfile', 'file', kinds.file, (bad, { pair }) => pair.sendfile(bad)],
  ['sendfile', 'offset|options', kinds.offsetOrOptions, (bad, { pair }) => pair.sendfile(0, bad)],
  ['sendfile', 'count|options', kinds.offsetOrOptions, (bad, { pair }) => pair.sendfile(0, 0, bad)],
  ['sendfile', 'options', kinds.options, (bad, { pair }) => pair.sendfile(0, 0, 1, bad)],
  ['sendmsg', 'buffers', kinds.list, (bad, { udp }) => udp.sendmsg(bad)],
  ['sendmsg', 'buffers', kinds.listOfWrong, (bad, { udp }) => udp.sendmsg(bad)],
  ['sendmsg', 'ancdata', kinds.listOrNull, (bad, { udp }) => udp.sendmsg(['x'], bad)],
  ['sendmsg', 'ancdata', kinds.listOfWrong, (bad, { udp }) => udp.sendmsg(['x'], bad)],
  ['sendmsg', 'ancdata level', kinds.int, (bad, { udp }) => udp.sendmsg(['x'], [[bad, 1, 'x']])],
  ['sendmsg', 'ancdata type', kinds.int, (bad, { udp }) => udp.sendmsg(['x'], [[1, bad, 'x']])],
  ['sendmsg', 'ancdata data', kinds.data, (bad, { udp }) => udp.sendmsg(['x'], [[1, 1, bad]])],
  ['sendmsg', 'flags|options', kinds.intOrOptions, (bad, { udp }) => udp.sendmsg(['x'], [], bad)],
  ['sendmsg', ADDRESS, kinds.inetOrNull, (bad, { udp }) => udp.sendmsg(['x'], [], 0, bad)],
  ['sendmsgAfalg', '.*', kinds.something, (bad, { unix }) => unix.sendmsgAfalg(bad)],
  ['sendmsgAfalg', 'msg', kinds.list, (bad, { unix }) => unix.sendmsgAfalg({ msg: bad, op: 1 })],
  ['sendmsgAfalg', 'op', kinds.uint32, (bad, { unix }) => unix.sendmsgAfalg({ op: bad })],
  ['sendmsgAfalg', 'iv', kinds.data, (bad, { unix }) => unix.sendmsgAfalg({ op: 1, iv: bad })],
  ['sendmsgAfalg', 'assoclen', kinds.uint32, (bad, { unix }) => unix.sendmsgAfalg({ op: 1, assoclen: bad })],
  ['recvmmsg', 'vlen', kinds.natural, (bad, { udp }) => udp.recvmmsg(bad, 1)],
  ['recvmmsg', 'bufsize', kinds.size, (bad, { udp }) => udp.recvmmsg(1, bad)],
  ['recvmmsg', 'flags|options', kinds.intOrOptions, (bad, { udp }) => udp.recvmmsg(1, 1, bad)],
  ['recvmmsg', 'ancbufsize|options', kinds.sizeOrOptions, (bad, { udp }) => udp.recvmmsg(1, 1, 0, bad)],
  ['recvmmsgInto', 'batch', kinds.something, (bad, { udp }) => udp.recvmmsgInto(bad)],
  ['recvmmsgInto', 'flags|options', kinds.intOrOptions, (bad, { udp }) => udp.recvmmsgInto(batch(), bad)],
  ['sendmmsg', 'messages', kinds.list, (bad, { udp }) => udp.sendmmsg(bad)],
  ['sendmmsg', 'data', kinds.data, (bad, { udp }) => udp.sendmmsg([{ data: bad }])],
  ['sendmmsg', ADDRESS, kinds.inetOrNull, (bad, { udp }) => udp.sendmmsg([{ data: 'x', address: bad }])],
  ['sendmmsg', 'ancdata', kinds.listOfWrong, (bad, { udp }) => udp.sendmmsg([{ data: 'x', ancdata: bad }])],
  [
    'sendmmsg',
    'segmentSize',
    kinds.natural,
    (bad, { udp }) => udp.sendmmsg([{ data: 'x', segmentSize: bad }]),
  ],
  ['sendmmsg', 'flags|options', kinds.intOrOptions, (bad, { udp }) => udp.sendmmsg([{ data: 'x' }], bad)],
  ['sendto', 'data', kinds.data, (bad, { udp }) => udp.sendto(bad, HERE)],
  ['sendto', 'flags', kinds.intOnly, (bad, { udp }) => udp.sendto('x', bad, HERE)],
  ['sendto', ADDRESS, kinds.inet, (bad, { udp }) => udp.sendto('x', 0, bad)],
  ['sendto', ADDRESS, kinds.inet6, (bad, { inet6 }) => inet6.sendto('x', 0, bad)],
  ['sendto', ADDRESS, kinds.unix, (bad, { unix }) => unix.sendto('x', 0, bad)],
  ['setInheritable', 'inheritable', kinds.boolean, (bad, { tcp }) => tcp.setInheritable(bad)],
  ['setblocking', 'flag', kinds.boolean, (bad, { tcp }) => tcp.setblocking(bad)],
  ['setsockopt', 'level', kinds.int, (bad, { tcp }) => tcp.setsockopt(bad as number, 1, 1)],
  ['setsockopt', 'optname', kinds.int, (bad, { tcp }) => tcp.setsockopt(1, bad as number, 1)],
  ['setsockopt', 'value', kinds.optionValue, (bad, { tcp }) => tcp.setsockopt(1, 1, bad)],
  ['setsockopt', 'optlen', kinds.natural, (bad, { tcp }) => tcp.setsockopt(1, 1, null, bad)],
  ['settimeout', 'timeout', kinds.secondsOrNull, (bad, { tcp }) => tcp.settimeout(bad)],
  ['shutdown', 'how', kinds.int, (bad, { tcp }) => tcp.shutdown(bad)],
]

type OptionsOf = 'createConnection' | 'createServer'

function optionsOf(name: OptionsOf, options: [name: string, names: string, wants: Kind][]): Row[] {
  return options.map(([option, names, wants]) => {
    return [names, option, wants, (bad, { library }) => library[name](HERE, { [option.split('|')[0]!]: bad })]
  })
}

export const functions: Row[] = [
  ['decodeAncillary', 'ancdata', kinds.list, (bad, { library }) => library.decodeAncillary(bad)],
  ['decodeAncillary', 'ancdata', kinds.listOfWrong, (bad, { library }) => library.decodeAncillary(bad)],
  ['decodeAncillary', 'level', kinds.int, (bad, { library }) => library.decodeAncillary([[bad, 1, room()]])],
  ['decodeAncillary', 'type', kinds.int, (bad, { library }) => library.decodeAncillary([[1, bad, room()]])],
  ['decodeAncillary', 'data', kinds.data, (bad, { library }) => library.decodeAncillary([[1, 1, bad]])],
  ['encodeAncillary', 'messages', kinds.list, (bad, { library }) => library.encodeAncillary(bad)],
  ['Batch', 'vlen', kinds.natural, (bad, { library }) => new library.Batch(bad, 1)],
  ['Batch', 'bufsize', kinds.size, (bad, { library }) => new library.Batch(1, bad)],
  ['Batch', 'options', kinds.options, (bad, { library }) => new library.Batch(1, 1, bad)],
  ['push', 'data', kinds.data, (bad, { library }) => new library.Batch(1, 8).push(bad)],
  ['push', 'segmentSize', kinds.size, (bad, { library }) => new library.Batch(1, 8).push('x', null, bad)],
  ['sendmmsg', ADDRESS, kinds.inetOrNull, (bad, { library, udp }) => udp.sendmmsg(pushed(library, bad))],
  ['discard', 'count', kinds.size, (bad, { library }) => new library.Batch(1, 8).discard(bad)],
  ['Batch', 'ancbufsize', kinds.size, (bad, { library }) => new library.Batch(1, 1, { ancbufsize: bad })],
  ['zerocopyCompletions', 'socket', kinds.something, (bad, { library }) => library.zerocopyCompletions(bad)],
  ['CMSG_LEN', 'length', kinds.natural, (bad, { library }) => library.CMSG_LEN(bad)],
  ['CMSG_SPACE', 'length', kinds.natural, (bad, { library }) => library.CMSG_SPACE(bad)],
  ['Socket', 'family', kinds.int, (bad, { library }) => new library.Socket(bad)],
  ['Socket', 'type', kinds.int, (bad, { library }) => new library.Socket(AF_INET, bad)],
  ['Socket', 'proto', kinds.int, (bad, { library }) => new library.Socket(AF_INET, 1, bad)],
  ['Socket', 'fileno', kinds.naturalOrNull, (bad, { library }) => new library.Socket(AF_INET, 1, 0, bad)],
  ['close', 'fd', kinds.openDescriptor, (bad, { library }) => library.close(bad)],
  [
    'createConnection|getaddrinfo',
    'address|host|port',
    kinds.hostAndService,
    (bad, { library }) => library.createConnection(bad),
  ],
  ['createConnection', 'options', kinds.options, (bad, { library }) => library.createConnection(HERE, bad)],
  ...optionsOf('createConnection', [
    ['timeout', 'createConnection', kinds.secondsOrNull],
    ['allErrors', 'createConnection', kinds.boolean],
    ['happyEyeballsDelay', 'createConnection', kinds.secondsOrNull],
    [`sourceAddress|${ADDRESS}`, 'createConnection|bind', kinds.inet],
  ]),
  ['createServer|bind', ADDRESS, kinds.inet, (bad, { library }) => library.createServer(bad)],
  ['createServer', 'options', kinds.options, (bad, { library }) => library.createServer(HERE, bad)],
  ...optionsOf('createServer', [
    ['family', 'createServer', kinds.int],
    ['backlog', 'createServer|listen', kinds.int],
    ['reusePort', 'createServer', kinds.booleanOrNull],
    ['dualstackIpv6', 'createServer', kinds.booleanOrNull],
  ]),
  ['dup', 'fd', kinds.openDescriptor, (bad, { library }) => library.dup(bad)],
  ['fromfd', 'fd', kinds.openDescriptor, (bad, { library }) => library.fromfd(bad)],
  ['fromfd|Socket', 'family', kinds.int, (bad, { library, tcp }) => library.fromfd(tcp.fileno(), bad)],
  ['fromfd|Socket', 'type', kinds.int, (bad, { library, tcp }) => library.fromfd(tcp.fileno(), 2, bad)],
  ['fromfd|Socket', 'proto', kinds.int, (bad, { library, tcp }) => library.fromfd(tcp.fileno(), 2, 1, bad)],
  ['getaddrinfo', 'host', kinds.nameOrNull, (bad, { library }) => library.getaddrinfo(bad, 0)],
  ['getaddrinfo', 'port', kinds.serviceOrNull, (bad, { library }) => library.getaddrinfo(null, bad, 0)],
  ['getaddrinfo', 'family', kinds.int, (bad, { library }) => library.getaddrinfo(null, 0, bad, 0)],
  ['getaddrinfo', 'type', kinds.int, (bad, { library }) => library.getaddrinfo(null, 0, 0, bad, 0)],
  ['getaddrinfo', 'proto', kinds.int, (bad, { library }) => library.getaddrinfo(null, 0, 0, 0, bad, 0)],
  [
    'getaddrinfo',
    'flags',
    kinds.int,
    (bad, { library }) => library.getaddrinfo(null, 0, 0, 0, 0, bad, undefined),
  ],
  ['getfqdn', 'name', kinds.text, (bad, { library }) => library.getfqdn(bad, undefined)],
  ['gethostbyaddr', 'ip', kinds.name, (bad, { library }) => library.gethostbyaddr(bad)],
  ['gethostbyname', 'hostname', kinds.name, (bad, { library }) => library.gethostbyname(bad)],
  ['gethostbynameEx', 'hostname', kinds.name, (bad, { library }) => library.gethostbynameEx(bad)],
  [
    'getnameinfo',
    'sockaddr|address|host|port',
    kinds.pair,
    (bad, { library }) => library.getnameinfo(bad, 0),
  ],
  ['getnameinfo', 'flags', kinds.int, (bad, { library }) => library.getnameinfo(['::1', 1], bad, undefined)],
  ['getprotobyname', 'name', kinds.text, (bad, { library }) => library.getprotobyname(bad)],
  ['getservbyname', 'name', kinds.text, (bad, { library }) => library.getservbyname(bad, undefined)],
  ['getservbyport', 'port', kinds.port, (bad, { library }) => library.getservbyport(bad, undefined)],
  ['htonl', 'x', kinds.uint32, (bad, { library }) => library.htonl(bad)],
  ['htons', 'x', kinds.port, (bad, { library }) => library.htons(bad)],
  ['ifIndextoname', 'index', kinds.uint32, (bad, { library }) => library.ifIndextoname(bad)],
  ['ifNametoindex', 'name', kinds.name, (bad, { library }) => library.ifNametoindex(bad)],
  ['inetAton', 'ip', kinds.text, (bad, { library }) => library.inetAton(bad)],
  ['inetNtoa', 'packed', kinds.memory, (bad, { library }) => library.inetNtoa(bad)],
  ['inetNtop', 'family', kinds.int, (bad, { library }) => library.inetNtop(bad, room())],
  ['inetNtop', 'packed', kinds.memory, (bad, { library }) => library.inetNtop(AF_INET, bad)],
  ['inetPton', 'family', kinds.int, (bad, { library }) => library.inetPton(bad, '::1')],
  ['inetPton', 'ip', kinds.text, (bad, { library }) => library.inetPton(AF_INET, bad)],
  ['ntohl', 'x', kinds.uint32, (bad, { library }) => library.ntohl(bad)],
  ['ntohs', 'x', kinds.port, (bad, { library }) => library.ntohs(bad)],
  ['recvFds', 'socket', kinds.anything, (bad, { library }) => library.recvFds(bad, 1, 1)],
  ['recvFds|recvmsg', 'bufsize', kinds.size, (bad, { library, pair }) => library.recvFds(pair, bad, 1)],
  ['recvFds', 'maxfds', kinds.natural, (bad, { library, pair }) => library.recvFds(pair, 1, bad)],
  ['sendFds', 'socket', kinds.anything, (bad, { library }) => library.sendFds(bad, ['x'], [])],
  ['sendFds|sendmsg', 'buffers', kinds.list, (bad, { library, pair }) => library.sendFds(pair, bad, [])],
  ['sendFds', 'fds', kinds.numbers, (bad, { library, pair }) => library.sendFds(pair, ['x'], bad)],
  ['sendFds', 'fds', kinds.natural, (bad, { library, pair }) => library.sendFds(pair, ['x'], [bad])],
  ['setdefaulttimeout', 'timeout', kinds.secondsOrNull, (bad, { library }) => library.setdefaulttimeout(bad)],
  ['sethostname', 'name', kinds.data, (bad, { library }) => library.sethostname(bad)],
  ['splice', 'source', kinds.file, (bad, { library, pair }) => library.splice(bad, pair)],
  ['splice', 'target', kinds.file, (bad, { library, pair }) => library.splice(pair, bad)],
  ['splice', 'options', kinds.options, (bad, { library, pair }) => library.splice(pair, pair, bad)],
  ['splice', 'count', kinds.offset, (bad, { library, pair }) => library.splice(pair, pair, { count: bad })],
  [
    'splice',
    'progress',
    kinds.options,
    (bad, { library, pair }) => library.splice(pair, pair, { progress: bad }),
  ],
  ['socketpair', 'family', kinds.int, (bad, { library }) => library.socketpair(bad)],
  ['socketpair', 'type', kinds.int, (bad, { library }) => library.socketpair(AF_UNIX, bad)],
  ['socketpair', 'proto', kinds.int, (bad, { library }) => library.socketpair(AF_UNIX, 1, bad)],
]

/** Without parameters, or with none that could be wrong. */
export const harmless = [
  'detach',
  'dup',
  'fileno',
  'getInheritable',
  'getblocking',
  'getpeername',
  'getsockname',
]
harmless.push(
  'gettimeout',
  'ref',
  'unref',
  'getdefaulttimeout',
  'gethostname',
  'hasDualstackIpv6',
  'ifNameindex',
)

/** What gives a promise in `berkeley`: there it rejects and does not throw. */
export const waiting = new Set([
  ...['accept', 'connect', 'connectEx', 'createConnection', 'getaddrinfo', 'getfqdn', 'gethostbyaddr'],
  ...['gethostbyname', 'gethostbynameEx', 'getnameinfo', 'getprotobyname', 'getservbyname', 'getservbyport'],
  ...['recv', 'recvFds', 'recvInto', 'recvfrom', 'recvfromInto', 'recvmsg', 'recvmsgInto', 'send', 'sendFds'],
  ...['sendall', 'sendfile', 'sendmsg', 'sendmsgAfalg', 'sendto', 'recvmmsg', 'recvmmsgInto', 'sendmmsg'],
  ...['splice', 'zerocopyCompletions'],
])

/** What a closed socket is asked, to answer EBADF. */
export const whenClosed: [name: string, call: (socket: Socket<typeof AF_INET>) => unknown][] = [
  ['accept', (socket) => socket.accept()],
  ['bind', (socket) => socket.bind(HERE)],
  ['connect', (socket) => socket.connect(HERE)],
  ['dup', (socket) => socket.dup()],
  ['getInheritable', (socket) => socket.getInheritable()],
  ['getpeername', (socket) => socket.getpeername()],
  ['getsockname', (socket) => socket.getsockname()],
  ['getsockopt', (socket) => socket.getsockopt(1, 1)],
  ['getsockopt', (socket) => socket.getsockopt(1, 1, 4)],
  ['listen', (socket) => socket.listen()],
  ['recv', (socket) => socket.recv(1)],
  ['recvInto', (socket) => socket.recvInto(room())],
  ['recvfrom', (socket) => socket.recvfrom(1)],
  ['recvfromInto', (socket) => socket.recvfromInto(room())],
  ['recvmsg', (socket) => socket.recvmsg(1)],
  ['recvmsgInto', (socket) => socket.recvmsgInto([room()])],
  ['recvmmsg', (socket) => socket.recvmmsg(1, 1)],
  ['recvmmsgInto', (socket) => socket.recvmmsgInto(batch())],
  ['sendmmsg', (socket) => socket.sendmmsg([])],
  ['send', (socket) => socket.send('x')],
  ['sendall', (socket) => socket.sendall('x')],
  ['sendmsg', (socket) => socket.sendmsg(['x'])],
  ['sendto', (socket) => socket.sendto('x', ['127.0.0.1', 9])],
  ['setInheritable', (socket) => socket.setInheritable(true)],
  ['setsockopt', (socket) => socket.setsockopt(1, 2, 1)],
  ['settimeout', (socket) => socket.settimeout(1)],
  ['shutdown', (socket) => socket.shutdown(2)],
]

type Options = { signal: AbortSignal }

/** Everything that can be given up, with the options left to be chosen. */
export const signalled: [name: string, call: (options: Options, at: Subject) => unknown][] = [
  ['accept', (options, { tcp }) => tcp.accept(options)],
  ['connect', (options, { tcp }) => tcp.connect(HERE, options)],
  ['connectEx', (options, { tcp }) => tcp.connectEx(HERE, options)],
  ['recv', (options, { pair }) => pair.recv(1, options)],
  ['recvInto', (options, { pair }) => pair.recvInto(room(), options)],
  ['recvInto', (options, { pair }) => pair.recvInto(room(), 1, options)],
  ['recvfrom', (options, { udp }) => udp.recvfrom(1, options)],
  ['recvfromInto', (options, { udp }) => udp.recvfromInto(room(), 1, options)],
  ['recvmsg', (options, { udp }) => udp.recvmsg(1, options)],
  ['recvmsgInto', (options, { udp }) => udp.recvmsgInto([room()], options)],
  ['recvmmsg', (options, { udp }) => udp.recvmmsg(1, 1, options)],
  ['recvmmsg', (options, { udp }) => udp.recvmmsg(1, 1, 0, options)],
  ['recvmmsgInto', (options, { udp }) => udp.recvmmsgInto(batch(), options)],
  ['sendmmsg', (options, { udp }) => udp.sendmmsg([{ data: 'x' }], options)],
  ['send', (options, { pair }) => pair.send('x', options)],
  ['sendall', (options, { pair }) => pair.sendall('x', options)],
  ['sendfile', (options, { pair }) => pair.sendfile(0, options)],
  ['splice', (options, { library, pair }) => library.splice(pair, pair, options)],
  ['sendmsg', (options, { udp }) => udp.sendmsg(['x'], [], options)],
  ['sendmsgAfalg', (options, { unix }) => unix.sendmsgAfalg({ op: 1, ...options })],
  ['sendto', (options, { udp }) => udp.sendto('x', HERE, options)],
  ['sendto', (options, { udp }) => udp.sendto('x', 0, HERE, options)],
]
