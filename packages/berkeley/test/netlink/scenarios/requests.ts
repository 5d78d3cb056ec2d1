// Changes by request: links and addresses that come and go, and what the kernel says of requests that it
// refuses.
import assert from 'node:assert/strict'
import { AF_INET, AF_NETLINK, inetPton, NETLINK_ROUTE, SOCK_RAW } from 'berkeley'
import { Socket } from 'berkeley/blocking'
import type { NetlinkError } from 'berkeley/netlink'
import {
  NLM_F_CREATE,
  NLM_F_ECHO,
  NLM_F_EXCL,
  RTM_DELADDR,
  RTM_DELLINK,
  RTM_GETLINK,
  RTM_NEWADDR,
  RTM_NEWLINK,
  RTM_NEWNEIGH,
  RTM_NEWROUTE,
  RTM_SETLINK,
} from 'berkeley/netlink'
import { acknowledgement } from '../fake-kernel.ts'
import type { Netlink } from '../forms.ts'
import { ip, ipJson, type Scenario } from '../namespace.ts'

const NEW = NLM_F_CREATE | NLM_F_EXCL

function newVeth(netlink: Netlink): Buffer {
  const { IFLA_IFNAME, IFLA_INFO_DATA, IFLA_INFO_KIND, IFLA_LINKINFO, IFLA_MTU, VETH_INFO_PEER } = netlink
  const { encodeAttributes, ifinfomsg, uint32 } = netlink
  const peer = Buffer.concat([ifinfomsg.encode({}), encodeAttributes([[IFLA_IFNAME, 'right7']])])
  const attributes = encodeAttributes([
    [IFLA_IFNAME, 'left7'],
    [IFLA_MTU, uint32.encode(1400)],
    [
      IFLA_LINKINFO,
      [
        [IFLA_INFO_KIND, 'veth'],
        [IFLA_INFO_DATA, [[VETH_INFO_PEER, peer]]],
      ],
    ],
  ])
  return Buffer.concat([ifinfomsg.encode({}), attributes])
}

interface Shown {
  ifname: string
  mtu: number
  flags: string[]
  addr_info: { local: string; prefixlen: number; label?: string }[]
}

const shown = (): Shown[] => ipJson<Shown>('-4', 'address', 'show', 'dev', 'left7')

export const linksAndAddresses: Scenario = async (netlink) => {
  const { ifaddrmsg, ifinfomsg, encodeAttributes } = netlink
  using route = new netlink.RouteSocket()
  assert.deepEqual(await route.request(RTM_NEWLINK, NEW, newVeth(netlink)), [])
  const { index, mtu, kind, flags } = await route.link('left7')
  assert.deepEqual([mtu, kind, flags & netlink.IFF_UP], [1400, 'veth', 0])

  const up = ifinfomsg.encode({ index, flags: netlink.IFF_UP, change: netlink.IFF_UP })
  await route.request(RTM_SETLINK, 0, up)
  const header = ifaddrmsg.encode({ family: AF_INET, prefixlen: 24, index })
  const local = [netlink.IFA_LOCAL, inetPton(AF_INET, '10.0.0.1')] as const
  const address = Buffer.concat([header, encodeAttributes([local, [netlink.IFA_LABEL, 'left7:a']])])
  await route.request(RTM_NEWADDR, NEW, address)
  const [before] = shown()
  assert.ok(before!.flags.includes('UP'))
  assert.equal(before!.mtu, 1400)
  assert.deepEqual(
    before!.addr_info.map(({ local, prefixlen, label }) => [local, prefixlen, label]),
    [['10.0.0.1', 24, 'left7:a']],
  )

  // The kernel's own view of what it made.
  const second = Buffer.concat([
    header,
    encodeAttributes([[netlink.IFA_LOCAL, inetPton(AF_INET, '10.0.0.2')]]),
  ])
  const echoed = await route.request(RTM_NEWADDR, NEW | NLM_F_ECHO, second)
  assert.deepEqual(
    echoed.map(({ type, payload }) => [type, netlink.decodeInterfaceAddress(payload).address]),
    [[RTM_NEWADDR, '10.0.0.2']],
  )

  // The first one would take the second along.
  await route.request(RTM_DELADDR, 0, second)
  await route.request(RTM_DELADDR, 0, address)
  assert.deepEqual(
    shown().flatMap(({ addr_info }) => addr_info),
    [],
  )
  await route.request(RTM_DELLINK, 0, ifinfomsg.encode({ index }))
  await assert.rejects(async () => route.link('left7'), { code: 'ENODEV' })
  assert.deepEqual(
    ipJson<Shown>('link').map(({ ifname }) => ifname),
    ['lo'],
  )
}

export const routesAndNeighbours: Scenario = async (netlink) => {
  const { encodeAttributes, ndmsg, rtmsg, uint32 } = netlink
  using route = new netlink.RouteSocket()
  await route.request(RTM_NEWLINK, NEW, newVeth(netlink))
  for (const end of ['left7', 'right7']) ip('link', 'set', end, 'up')
  ip('address', 'add', '10.0.0.1/24', 'dev', 'left7')
  const { index } = await route.link('left7')
  const header = rtmsg.encode({
    family: AF_INET,
    dstLen: 16,
    table: netlink.RT_TABLE_MAIN,
    protocol: netlink.RTPROT_STATIC,
    type: netlink.RTN_UNICAST,
  })
  const attributes = encodeAttributes([
    [netlink.RTA_DST, inetPton(AF_INET, '10.9.0.0')],
    [netlink.RTA_GATEWAY, inetPton(AF_INET, '10.0.0.254')],
    [netlink.RTA_PRIORITY, uint32.encode(20)],
    [netlink.RTA_METRICS, [[netlink.RTAX_MTU, uint32.encode(1300)]]],
  ])
  await route.request(RTM_NEWROUTE, NEW, Buffer.concat([header, attributes]))
  assert.match(
    ip('route', 'show', '10.9.0.0/16'),
    /via 10\.0\.0\.254 dev left7 proto static metric 20 mtu 1300/,
  )

  const neighbour = ndmsg.encode({ family: AF_INET, ifindex: index, state: netlink.NUD_PERMANENT })
  const lladdr = Buffer.of(2, 0, 0, 0, 0, 9)
  const known = encodeAttributes([
    [netlink.NDA_DST, inetPton(AF_INET, '10.0.0.9')],
    [netlink.NDA_LLADDR, lladdr],
  ])
  await route.request(RTM_NEWNEIGH, NEW, Buffer.concat([neighbour, known]))
  assert.match(ip('neighbour'), /10\.0\.0\.9 dev left7 lladdr 02:00:00:00:00:09 PERMANENT/)
}

export const refusals: Scenario = async (netlink) => {
  const { encodeAttributes, ifaddrmsg, ifinfomsg, uint32 } = netlink
  using route = new netlink.RouteSocket()
  const refused = async (act: () => unknown): Promise<NetlinkError> => {
    try {
      await act()
    } catch (error) {
      return error as NetlinkError
    }
    return assert.fail('it was not refused')
  }
  await route.request(RTM_NEWLINK, NEW, newVeth(netlink))
  const twice = await refused(() => route.request(RTM_NEWLINK, NEW, newVeth(netlink)))
  assert.deepEqual([twice.code, twice.name, twice.syscall], ['EEXIST', 'FileExistsError', 'request'])

  // In words, with the place of the attribute: after the header of the message, the struct, and the attribute
  // before.
  const { index } = await route.link('left7')
  const before = encodeAttributes([[netlink.IFLA_TXQLEN, uint32.encode(5)]])
  const wrong = encodeAttributes([[netlink.IFLA_MTU, uint32.encode(10_000_000)]])
  const payload = Buffer.concat([ifinfomsg.encode({ index }), before, wrong])
  const large = await refused(() => route.request(RTM_SETLINK, 0, payload))
  assert.equal(large.code, 'EINVAL')
  assert.match(large.extack.message, /mtu greater than device maximum/)
  assert.match(large.message, /^request EINVAL: mtu greater than device maximum$/)

  const first = encodeAttributes([[netlink.IFA_LOCAL, Buffer.of(10, 0, 0, 1)]])
  const label = encodeAttributes([[netlink.IFA_LABEL, 'longer than any name may be']])
  const header = ifaddrmsg.encode({ family: AF_INET, prefixlen: 24, index })
  const long = await refused(() => route.request(RTM_NEWADDR, NEW, Buffer.concat([header, first, label])))
  assert.deepEqual([long.code, long.extack.offset], ['ERANGE', 16 + header.length + first.length])
  assert.match(long.extack.message, /policy/)

  // A dump's request is checked as strictly.
  const strict = await refused(() => route.dump(RTM_GETLINK, ifinfomsg.encode({ type: 5 })))
  assert.equal(strict.code, 'EINVAL')
  assert.match(strict.extack.message, /Invalid values in header for link dump request/)
  const cut = await refused(() => route.dump(RTM_GETLINK, Buffer.alloc(1)))
  assert.equal(cut.code, 'EINVAL')
  // What is too short to say what it is about the kernel would not answer at all.
  assert.deepEqual(await route.dump(RTM_GETLINK), [])
  assert.ok((await route.links()).length === 3, 'the socket goes on')
}

/** Another program that knows the port sends what looks like an answer. */
export const spoofed: Scenario = async (netlink) => {
  using route = new netlink.RouteSocket()
  using spoofer = new Socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)
  spoofer.bind([0, 0])
  const { seq = 1, ...lie } = acknowledgement(1, -1)
  const message = netlink.encodeMessage({ ...lie, seq, pid: route.port })
  spoofer.sendto(message, [route.port, 0])
  assert.equal((await route.link('lo')).name, 'lo')
}

export const atOnce: Scenario = async (netlink, form) => {
  using route = new netlink.RouteSocket()
  const all = Array.from({ length: 50 }, (_, i) => (i % 2 ? route.links() : route.addresses()))
  const answers = await Promise.all(all as Promise<{ index: number }[]>[])
  assert.ok(
    answers.every((list) => list.length > 0 && list[0]!.index === 1),
    form,
  )
}
