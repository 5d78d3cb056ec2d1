// Links, addresses, routes, neighbours and rules: the same facts as ip(8) shows.
import assert from 'node:assert/strict'
import { AF_INET, AF_INET6 } from 'berkeley'
import type { Netlink } from '../forms.ts'
import { bothOf, ip, ipJson, type Scenario } from '../namespace.ts'

const familyName = (family: number): string => (family === AF_INET ? 'inet' : 'inet6')

function flagNames(netlink: Netlink, flags: number): string[] {
  const names = Object.entries(netlink).filter(([name]) => /^IFF_(?!VOLATILE|RUNNING)/.test(name))
  return names.flatMap(([name, bit]) => (flags & (bit as number) ? [name.slice('IFF_'.length)] : [])).sort()
}

function operstateName(netlink: Netlink, state: number): string {
  const found = Object.entries(netlink).find(([name, value]) => /^IF_OPER_/.test(name) && value === state)
  return found![0].slice('IF_OPER_'.length)
}

/** Some of everything. */
function furnish(): void {
  const commands = `
    link add left7 mtu 1400 type veth peer name right7
    link set left7 alias spare txqueuelen 77 group 5
    link property add dev left7 altname a-name-that-is-longer-than-fifteen altname other7
    link add veth0 address 02:00:00:00:00:01 type veth peer name veth1
    link add bridge0 type bridge
    link set veth1 master bridge0
    link add link left7 name over7 type macvlan
    link set left7 up
    link set right7 up
    link set veth0 up
    link set veth1 up
    link set bridge0 up
    address add 10.0.0.1/24 broadcast 10.0.0.255 label left7:one dev left7
    address add 10.0.0.2/24 dev left7
    address add 10.1.0.1 peer 10.1.0.2/30 dev veth0
    address add 2001:db8::1/64 dev left7 nodad
    address add 2001:db8:1::1 peer 2001:db8:1::2/128 dev veth0 nodad
    address add 10.3.0.1/24 dev bridge0 valid_lft 1000 preferred_lft 500 scope link
    route add default via 10.0.0.254
    route add 10.9.0.0/16 via 10.0.0.253 metric 20 src 10.0.0.2 mtu 1300 protocol static
    route add blackhole 10.10.0.0/16
    route add unreachable 10.11.0.0/16 metric 9
    route add 10.12.0.0/16 table 1000 dev left7 scope link
    route add 10.13.0.0/16 nexthop via 10.0.0.10 weight 3 nexthop via 10.1.0.2 dev veth0 onlink
    route add 10.14.0.0/16 via inet6 2001:db8::99 dev left7
    -6 route add 2001:db8:5::/48 via 2001:db8::5 metric 7
    -6 route add 2001:db8:6::/48 from 2001:db8:7::/48 dev left7
    -6 route add 2001:db8:8::/48 nexthop via 2001:db8::8 nexthop via 2001:db8::9 weight 2
    neighbour add 10.0.0.50 lladdr 02:00:00:00:00:50 dev left7 nud permanent
    neighbour add 10.0.0.51 lladdr 02:00:00:00:00:51 dev left7 nud stale
    neighbour add 2001:db8::52 lladdr 02:00:00:00:00:52 dev left7 nud permanent router
    rule add from 10.9.0.0/16 table 1000 priority 50
    rule add to 10.8.0.0/16 iif left7 fwmark 0x5/0xff lookup 77 priority 51
    rule add not oif veth0 ipproto tcp blackhole priority 52
    rule add priority 53 goto 32766
    -6 rule add from 2001:db8::/32 table 1000 priority 54
  `
  for (const command of commands.trim().split('\n')) ip(...command.trim().split(' '))
}

interface IpLink {
  ifindex: number
  ifname: string
  flags: string[]
  mtu: number
  qdisc: string
  operstate: string
  group: string
  txqlen?: number
  address?: string
  broadcast?: string
  ifalias?: string
  altnames?: string[]
  master?: string
  link?: string
  linkinfo?: { info_kind?: string }
  num_tx_queues: number
  num_rx_queues: number
  stats64: { rx: { bytes: number }; tx: { packets: number } }
}

export const links: Scenario = async (netlink) => {
  furnish()
  using route = new netlink.RouteSocket()
  const [theirs, ours] = await bothOf(
    () => ipJson<IpLink>('-statistics', 'link', 'show'),
    () => route.links(),
  )
  const nameOf = (index: number | null) => ours.find((link) => link.index === index)?.name
  assert.ok(theirs.length >= 6)
  assert.deepEqual(
    ours.map((link) => ({
      ifindex: link.index,
      ifname: link.name,
      flags: flagNames(netlink, link.flags),
      runs: (link.flags & netlink.IFF_UP) === 0 || (link.flags & netlink.IFF_RUNNING) !== 0,
      mtu: link.mtu,
      qdisc: link.qdisc,
      operstate: operstateName(netlink, link.operstate),
      group: `${link.group}`,
      txqlen: link.txqlen,
      address: link.address ?? undefined,
      broadcast: link.broadcast ?? undefined,
      ifalias: link.alias ?? undefined,
      altnames: link.altNames,
      master: nameOf(link.master),
      link: nameOf(link.link),
      kind: link.kind ?? undefined,
      tx: link.numTxQueues,
      rx: link.numRxQueues,
    })),
    theirs.map((link) => ({
      ifindex: link.ifindex,
      ifname: link.ifname,
      flags: link.flags
        .filter((flag) => flag !== 'NO-CARRIER')
        .map((flag) => flag.replace('-', '_'))
        .sort(),
      runs: !link.flags.includes('NO-CARRIER'),
      mtu: link.mtu,
      qdisc: link.qdisc,
      operstate: link.operstate,
      group: link.group === 'default' ? '0' : link.group,
      txqlen: link.txqlen,
      address: link.address,
      broadcast: link.broadcast,
      ifalias: link.ifalias,
      altnames: link.altnames ?? [],
      master: link.master,
      link: link.link,
      kind: link.linkinfo?.info_kind,
      tx: link.num_tx_queues,
      rx: link.num_rx_queues,
    })),
  )
  const loopback = ours.find(({ name }) => name === 'lo')!
  const { rx, tx } = ipJson<IpLink>('-statistics', 'link', 'show', 'lo')[0]!.stats64
  assert.equal(loopback.stats!.rxBytes, rx.bytes)
  assert.equal(loopback.stats!.txPackets, tx.packets)
  // What has no member is there as bytes.
  const left = ours.find(({ name }) => name === 'left7')!
  assert.equal(left.attributes.get(netlink.IFLA_IFALIAS)!.toString(), 'spare\0')
  assert.equal(netlink.uint32.decode(left.attributes.get(netlink.IFLA_MIN_MTU)!), 68)
}

export const oneLink: Scenario = async (netlink) => {
  furnish()
  using route = new netlink.RouteSocket()
  const { index } = await route.link('left7')
  assert.equal(index, ipJson<IpLink>('link', 'show', 'left7')[0]!.ifindex)
  for (const which of [index, 'other7', 'a-name-that-is-longer-than-fifteen']) {
    const link = await route.link(which)
    assert.deepEqual([link.index, link.name], [index, 'left7'])
  }
  for (const which of ['nobody', 'nobody-with-a-very-long-name', 99_999]) {
    await assert.rejects(async () => route.link(which), { code: 'ENODEV', syscall: 'link' })
  }
}

interface IpAddress {
  ifindex: number
  addr_info: {
    family: string
    local: string
    address?: string
    prefixlen: number
    broadcast?: string
    scope: string
    label?: string
    valid_life_time: number
    preferred_life_time: number
    secondary?: boolean
  }[]
}

const FOR_EVER = 4294967295
const seconds = (time: number): number => (time === FOR_EVER ? Number.POSITIVE_INFINITY : time)

export const addresses: Scenario = async (netlink) => {
  furnish()
  using route = new netlink.RouteSocket()
  const [shown, ours] = await bothOf(
    () => ipJson<IpAddress>('address', 'show'),
    () => route.addresses(),
  )
  const theirs = shown.flatMap(({ ifindex, addr_info }) => addr_info.map((info) => ({ ifindex, ...info })))
  const sorted = <Item extends { index: number; family: string; address: string }>(list: Item[]): Item[] =>
    list.sort((a, b) =>
      `${a.index} ${a.family} ${a.address}`.localeCompare(`${b.index} ${b.family} ${b.address}`),
    )
  assert.ok(theirs.length >= 8)
  assert.deepEqual(
    sorted(
      ours.map((each) => ({
        index: each.index,
        family: familyName(each.family),
        address: each.address,
        peer: each.peer ?? undefined,
        prefixlen: each.prefixlen,
        broadcast: each.broadcast ?? undefined,
        scope: `${each.scope}`,
        label: each.label ?? undefined,
        valid: each.valid,
        preferred: each.preferred,
        secondary: each.family === AF_INET && (each.flags & netlink.IFA_F_SECONDARY) !== 0,
      })),
    ),
    sorted(
      theirs.map((each) => ({
        index: each.ifindex,
        family: each.family,
        address: each.local,
        peer: each.address,
        prefixlen: each.prefixlen,
        broadcast: each.broadcast,
        scope: each.scope,
        label: each.label,
        valid: seconds(each.valid_life_time),
        preferred: seconds(each.preferred_life_time),
        secondary: each.secondary ?? false,
      })),
    ),
  )
  const { index } = await route.link('left7')
  const some = await route.addresses({ index, family: AF_INET6 })
  assert.deepEqual(
    some.map((each) => each.address).filter((address) => !address.startsWith('fe80')),
    ['2001:db8::1'],
  )
  assert.ok(some.every((each) => each.index === index))
  assert.equal(
    (await route.addresses({ family: AF_INET })).length,
    theirs.filter((each) => each.family === 'inet').length,
  )
}

interface IpRoute {
  type: string
  dst: string
  from?: string
  gateway?: string
  via?: { host: string }
  dev?: string
  table?: string
  protocol: string
  scope: string
  prefsrc?: string
  metric?: number
  metrics?: { mtu?: number }[]
  flags: string[]
  nexthops?: { gateway?: string; dev: string; weight: number; flags: string[] }[]
}

function plainPrefix(text: string, family: number): string {
  const bits = family === AF_INET ? 32 : 128
  if (text === 'default') return family === AF_INET ? '0.0.0.0/0' : '::/0'
  return text.includes('/') ? text : `${text}/${bits}`
}

export const routes: Scenario = async (netlink) => {
  furnish()
  using route = new netlink.RouteSocket()
  const all = await route.links()
  const nameOf = (index: number | null) => all.find((link) => link.index === index)?.name
  for (const family of [AF_INET, AF_INET6] as const) {
    const [theirs, ours] = await bothOf(
      () => ipJson<IpRoute>(family === AF_INET ? '-4' : '-6', 'route', 'show', 'table', 'all'),
      () => route.routes({ family }),
    )
    assert.ok(theirs.length >= 10)
    const sorted = (list: object[]): string[] => list.map((each) => JSON.stringify(each)).sort()
    assert.deepEqual(
      sorted(
        ours.map((each) => ({
          type: each.type,
          dst: `${each.destination}/${each.prefixlen}`,
          from: each.source === null ? null : `${each.source}/${each.sourcePrefixlen}`,
          gateway: each.gateway,
          dev: nameOf(each.index) ?? null,
          table: each.table,
          protocol: each.protocol,
          scope: each.scope,
          prefsrc: each.prefsrc,
          metric: each.priority,
          mtu: each.mtu,
          nexthops: each.nexthops.map((hop) => [hop.gateway, nameOf(hop.index), hop.weight]),
        })),
      ),
      sorted(
        theirs.map((each) => ({
          type: Number(each.type),
          dst: plainPrefix(each.dst, family),
          from: each.from === undefined ? null : plainPrefix(each.from, family),
          gateway: each.gateway ?? each.via?.host ?? null,
          dev: each.dev ?? null,
          table: Number(each.table ?? netlink.RT_TABLE_MAIN),
          protocol: Number(each.protocol),
          scope: Number(each.scope),
          prefsrc: each.prefsrc ?? null,
          metric: each.metric ?? 0,
          mtu: each.metrics?.find(({ mtu }) => mtu !== undefined)?.mtu ?? null,
          nexthops: (each.nexthops ?? []).map((hop) => [hop.gateway ?? null, hop.dev, hop.weight]),
        })),
      ),
    )
  }
  const some = await route.routes({ table: 1000 })
  assert.deepEqual(
    some.map(({ destination, table }) => [destination, table]),
    [['10.12.0.0', 1000]],
  )
}

export const routeTo: Scenario = async (netlink) => {
  furnish()
  ip('rule', 'delete', 'priority', '52') // It would stop what we ask for.
  using route = new netlink.RouteSocket()
  const links = await route.links()
  for (const to of ['10.9.1.1', '127.0.0.1', '2001:db8:5::1', '8.8.8.8']) {
    const [theirs] = ipJson<IpRoute>('route', 'get', to)
    const ours = await route.routeTo(to)
    assert.deepEqual(
      [ours.destination, ours.gateway, links.find(({ index }) => index === ours.index)?.name, ours.prefsrc],
      [theirs!.dst, theirs!.gateway ?? null, theirs!.dev, theirs!.prefsrc ?? null],
    )
  }
  const { index } = links.find(({ name }) => name === 'veth0')!
  assert.equal((await route.routeTo('10.1.0.2', { index })).index, index)
  const [marked] = ipJson<IpRoute>('route', 'get', '10.9.1.1', 'from', '10.0.0.2')
  assert.equal((await route.routeTo('10.9.1.1', { source: '10.0.0.2', mark: 7 })).gateway, marked!.gateway)
  await assert.rejects(async () => route.routeTo('10.10.0.1'), { code: 'EINVAL' }) // A blackhole.
  await assert.rejects(async () => route.routeTo('10.11.0.1'), { code: 'EHOSTUNREACH' })
}

interface IpNeighbour {
  dst: string
  dev: string
  lladdr?: string
  state: string[]
  router?: null
}

export const neighbours: Scenario = async (netlink) => {
  furnish()
  using route = new netlink.RouteSocket()
  const { index } = await route.link('left7')
  const [theirs, ours] = await bothOf(
    () => ipJson<IpNeighbour>('neighbour', 'show', 'nud', 'all', 'dev', 'left7'),
    () => route.neighbours({ index }),
  )
  const stateName = (state: number): string =>
    Object.entries(netlink)
      .find(([name, value]) => /^NUD_/.test(name) && value === state)![0]
      .slice(4)
  const sorted = <Row extends unknown[]>(rows: Row[]): Row[] =>
    rows.sort((a, b) => `${a}`.localeCompare(`${b}`))
  assert.ok(theirs.length >= 3)
  assert.deepEqual(
    sorted(
      ours.map(({ address, lladdr, state, flags }) => [
        address,
        lladdr ?? undefined,
        stateName(state),
        (flags & netlink.NTF_ROUTER) !== 0,
      ]),
    ),
    sorted(theirs.map(({ dst, lladdr, state, router }) => [dst, lladdr, state[0], router === null])),
  )
  const all = await route.neighbours()
  assert.ok(ours.every(({ address }) => all.some((each) => each.index === index && each.address === address)))
  assert.ok((await route.neighbours({ family: AF_INET6 })).every(({ family }) => family === AF_INET6))
}

interface IpRule {
  priority: number
  src: string
  srclen?: number
  dst?: string
  dstlen?: number
  iif?: string
  oif?: string
  fwmark?: string
  fwmask?: string
  table?: string
  action?: string
  goto?: number
  not?: null
  ipproto?: string
}

export const rules: Scenario = async (netlink) => {
  furnish()
  using route = new netlink.RouteSocket()
  for (const family of [AF_INET, AF_INET6]) {
    const theirs = ipJson<IpRule>(family === AF_INET ? '-4' : '-6', 'rule', 'show')
    const ours = await route.rules({ family })
    assert.deepEqual(
      ours.map((each) => ({
        priority: each.priority,
        src: each.source ?? 'all',
        srclen: each.source === null ? undefined : each.sourcePrefixlen,
        dst: each.destination ?? undefined,
        dstlen: each.destination === null ? undefined : each.destinationPrefixlen,
        iif: each.iif ?? undefined,
        oif: each.oif ?? undefined,
        fwmark: each.fwmark,
        fwmask: each.fwmask === 0xffffffff ? undefined : (each.fwmask ?? undefined),
        table: each.action === netlink.FR_ACT_TO_TBL ? each.table : undefined,
        goto: each.goto ?? undefined,
        not: (each.flags & netlink.FIB_RULE_INVERT) !== 0,
        blackhole: each.action === netlink.FR_ACT_BLACKHOLE,
        ipproto: each.ipProto ?? undefined,
      })),
      theirs.map((each) => ({
        priority: each.priority,
        src: each.src,
        srclen: each.srclen,
        dst: each.dst,
        dstlen: each.dstlen,
        iif: each.iif,
        oif: each.oif,
        fwmark: Number(each.fwmark ?? 0),
        fwmask: each.fwmask === undefined ? undefined : Number(each.fwmask),
        table: each.table === undefined ? undefined : Number(each.table),
        goto: each.goto,
        not: each.not === null,
        blackhole: Number(each.action) === netlink.FR_ACT_BLACKHOLE,
        ipproto: each.ipproto === undefined ? undefined : Number(each.ipproto.replace('ipproto-', '')),
      })),
    )
  }
  assert.ok((await route.rules()).length >= 9)
}

/** More than fits into one datagram, several times over. */
export const manyParts: Scenario = async (netlink) => {
  const COUNT = 2000
  ip('link', 'add', 'left7', 'type', 'veth')
  using route = new netlink.RouteSocket()
  const { index } = await route.link('left7')
  const header = netlink.ifaddrmsg.encode({ family: AF_INET, prefixlen: 32, index })
  for (let i = 0; i < COUNT; i++) {
    const attributes = netlink.encodeAttributes([[netlink.IFA_LOCAL, Buffer.of(10, 0, i >> 8, i & 0xff)]])
    await route.request(20, 0x600, Buffer.concat([header, attributes]))
  }
  const found = await route.addresses({ index })
  assert.equal(new Set(found.map(({ address }) => address)).size, COUNT)
  assert.equal(ip('-4', '-oneline', 'address', 'show', 'dev', 'left7').trim().split('\n').length, COUNT)
}
