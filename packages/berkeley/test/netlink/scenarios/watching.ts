// Watching: what is there, and what changes, beside `ip monitor`; losses, and the ways to end it.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { AF_INET, NETLINK_ROUTE, type OSError } from 'berkeley'
import type { Change } from 'berkeley/netlink'
import { RTM_DELLINK, RTM_NEWLINK, RTM_NEWNEXTHOP, RTNLGRP_LINK, RTNLGRP_NEXTHOP } from 'berkeley/netlink'
import { repositoryRoot } from '../../package-root.ts'
import type { Netlink } from '../forms.ts'
import { ip, type Scenario, somebodyListens } from '../namespace.ts'

/** Several commands of ip(8) in one process. */
function batch(commands: readonly string[]): void {
  execFileSync('ip', ['-batch', '-'], { input: `${commands.join('\n')}\n`, stdio: ['pipe', 'pipe', 'pipe'] })
}

const addVeth = 'link add left7 type veth peer name right7'
const addresses = (count: number, verb = 'add'): string[] =>
  Array.from({ length: count }, (_, i) => `address ${verb} 10.0.${i >> 8}.${i & 0xff}/32 dev left7`)

/**
 * The changes that are there, of an iterator that does not wait: those since the last loss, which goes to
 * `lost`.
 */
async function drain(
  changes: { next(): unknown },
  lost: () => void = () => assert.fail('some were lost'),
): Promise<Change[]> {
  const found: Change[] = []
  for (;;) {
    try {
      const { value, done } = (await changes.next()) as IteratorResult<Change>
      if (done) return found
      found.push(value)
    } catch (error) {
      const { code } = error as OSError
      if (code === 'EAGAIN') return found
      if (code !== 'ENOBUFS') throw error
      found.splice(0)
      lost()
    }
  }
}

/** What a line of `ip -oneline monitor` says, as `ourLine` says it. */
function theirLine(line: string): string {
  const [, deleted, index, rest] = /^(Deleted )?(\d+): (.*)$/.exec(line) ?? []
  const event = deleted === undefined ? 'new' : 'del'
  const [, address] = /^\S+\s+inet6? (\S+)/.exec(rest!) ?? []
  return address === undefined
    ? `${event} link ${index} ${/^[^:@]+/.exec(rest!)}`
    : `${event} address ${index} ${address}`
}

function ourLine({ kind, event, value }: Change): string {
  if (kind === 'link') return `${event} link ${value.index} ${value.name}`
  assert.equal(kind, 'address')
  return kind === 'address' ? `${event} address ${value.index} ${value.address}/${value.prefixlen}` : ''
}

export const besideIpMonitor: Scenario = async (netlink) => {
  const monitor = spawn('ip', ['-oneline', 'monitor', 'link', 'address'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let theirs = ''
  monitor.stdout.setEncoding('utf8').on('data', (text: string) => {
    theirs += text
  })
  while (!somebodyListens()) await turn()
  using changes = netlink.watch({ initial: false, timeout: 5 })
  batch([
    addVeth,
    'link set right7 up',
    'link set left7 up mtu 1400',
    'address add 10.0.0.1/24 dev left7',
    'address add 2001:db8::1/64 dev left7 nodad',
    'address delete 10.0.0.1/24 dev left7',
    'link set left7 down',
    'link set left7 name left8',
    'link delete left8',
    'link add end7 type veth peer name end8',
  ])
  const ours: string[] = []
  while (!ours.some((line) => line.endsWith(' end7'))) {
    const { value } = await changes.next()
    ours.push(ourLine(value!))
  }
  while (!/ end7[:@]/.test(theirs)) await turn()
  monitor.kill()
  await once(monitor, 'close')
  const lines = theirs.trim().split('\n').map(theirLine)
  assert.deepEqual(ours, lines.slice(0, ours.length))
  assert.ok(ours.length > 12, `${ours.length} changes`)
  for (const line of ['new address 3 10.0.0.1/24', 'del address 3 10.0.0.1/24', 'del link 3 left8']) {
    assert.ok(ours.includes(line), `${line} in ${ours}`)
  }
}

export const beginsWithWhatThereIs: Scenario = async (netlink) => {
  batch([addVeth, 'address add 10.0.0.1/24 dev left7'])
  using changes = netlink.watch({ timeout: 0 })
  // After it has begun, before anything was asked: told twice, but not missed.
  ip('address', 'add', '10.0.0.2/24', 'dev', 'left7')
  const found = (await drain(changes)).map(ourLine)
  const links = ['dump link 1 lo', 'dump link 2 right7', 'dump link 3 left7']
  assert.deepEqual(found.slice(0, 3), links)
  assert.deepEqual(
    found.filter((line) => line.includes('10.0.0.')),
    ['dump address 3 10.0.0.1/24', 'dump address 3 10.0.0.2/24', 'new address 3 10.0.0.2/24'],
  )
  ip('address', 'delete', '10.0.0.1/24', 'dev', 'left7')
  const later = (await drain(changes)).map(ourLine)
  assert.deepEqual(
    later.filter((line) => line.startsWith('dump')),
    [],
  )
  assert.ok(later.includes('del address 3 10.0.0.1/24'))
}

/** A table that changes are applied to. */
class Followed {
  readonly entries = new Map<string, string>()

  apply(change: Change): void {
    const { kind, event, value } = change
    const isLink = kind === 'link'
    const key = isLink ? `link ${value.index}` : ourLine({ ...change, event: 'new' } as Change)
    if (event === 'del') this.entries.delete(key)
    else this.entries.set(key, isLink ? `${value.name} ${value.mtu} ${value.flags & 1}` : '')
  }

  async mustBeTrue(netlink: Netlink): Promise<void> {
    using route = new netlink.RouteSocket()
    const truth = new Followed()
    for (const value of await route.links()) truth.apply({ kind: 'link', event: 'dump', value })
    for (const value of await route.addresses()) truth.apply({ kind: 'address', event: 'dump', value })
    assert.deepEqual([...this.entries].sort(), [...truth.entries].sort())
  }
}

export const whoFollowsKnowsTheTruth: Scenario = async (netlink) => {
  ip(...addVeth.split(' '))
  using changes = netlink.watch({ timeout: 0 })
  const followed = new Followed()
  let seed = 7
  const random = (below: number): number => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31
    return Math.floor((seed / 2 ** 31) * below)
  }
  const present = new Set<number>()
  for (let round = 0; round < 12; round++) {
    const commands = Array.from({ length: 8 }, () => {
      const which = random(6)
      const verb = present.has(which) ? 'delete' : 'add'
      if (random(3) === 0) return `link set left7 ${random(2) ? 'up' : 'down'} mtu ${1300 + random(100)}`
      if (verb === 'add') present.add(which)
      else present.delete(which)
      return `address ${verb} 10.0.${which}.1/24 dev left7`
    })
    batch(commands)
    for (const change of await drain(changes)) followed.apply(change)
    await followed.mustBeTrue(netlink)
  }
}

export const whatIsLostIsTold: Scenario = async (netlink) => {
  ip(...addVeth.split(' '))
  using changes = netlink.watch({ rcvbuf: 0, timeout: 0 })
  let followed = new Followed()
  let losses = 0
  const lost = (): void => {
    losses++
    followed = new Followed() // All of it comes again.
  }
  const follow = async (): Promise<void> => {
    for (const change of await drain(changes, lost)) followed.apply(change)
  }
  await follow()
  assert.equal(losses, 0)
  batch(addresses(300))
  await follow()
  assert.equal(losses, 1)
  await followed.mustBeTrue(netlink)
  batch(addresses(299, 'delete'))
  await follow()
  assert.equal(losses, 2)
  await followed.mustBeTrue(netlink)
  ip('link', 'set', 'left7', 'mtu', '1300')
  await follow()
  assert.equal(losses, 2)
  await followed.mustBeTrue(netlink)
}

export const choices: Scenario = async (netlink) => {
  batch([addVeth, 'link set right7 up', 'link set left7 up', 'address add 10.0.0.1/24 dev left7'])
  const none = { links: false, addresses: false }
  using routes = netlink.watch({ ...none, routes: true, initial: false, timeout: 0 })
  using neighbours = netlink.watch({ ...none, neighbours: true, initial: false, timeout: 0 })
  using rules = netlink.watch({ ...none, rules: true, timeout: 0 })
  const initial = await drain(rules)
  assert.ok(initial.length >= 3 && initial.every(({ event, kind }) => event === 'dump' && kind === 'rule'))
  batch([
    'route add 10.9.0.0/16 via 10.0.0.254',
    'route delete 10.9.0.0/16',
    'neighbour add 10.0.0.9 lladdr 02:00:00:00:00:09 dev left7',
    'neighbour delete 10.0.0.9 dev left7',
    'rule add from 10.9.0.0/16 table 1000 priority 50',
    'rule delete priority 50',
  ])
  assert.deepEqual(
    (await drain(routes)).flatMap(({ kind, event, value }) =>
      kind === 'route' && value.family === AF_INET
        ? [`${event} ${value.destination}/${value.prefixlen}`]
        : [],
    ),
    ['new 10.9.0.0/16', 'del 10.9.0.0/16'],
  )
  const told = (await drain(neighbours)).flatMap(({ kind, event, value }) =>
    kind === 'neighbour' && value.address === '10.0.0.9' ? [`${event} ${value.lladdr}`] : [],
  )
  assert.equal(told[0], 'new 02:00:00:00:00:09')
  assert.ok(told.length > 1)
  assert.deepEqual(
    (await drain(rules)).map(({ kind, event, value }) =>
      kind === 'rule' ? [event, value.priority, value.source] : [],
    ),
    [
      ['new', 50, '10.9.0.0'],
      ['del', 50, '10.9.0.0'],
    ],
  )
}

/** A port that leaves its bridge is not gone, whatever the bridge says. */
export const bridges: Scenario = async (netlink) => {
  using changes = netlink.watch({ initial: false, timeout: 0 })
  batch([addVeth, 'link add bridge7 type bridge', 'link set left7 master bridge7', 'link set left7 nomaster'])
  const masters = (await drain(changes)).flatMap(({ kind, event, value }) =>
    kind === 'link' && value.name === 'left7' ? [event === 'new' ? value.master : event] : [],
  )
  assert.deepEqual([...new Set(masters)], [null, 4])
  assert.equal(masters.at(-1), null)
}

export const messages: Scenario = async (netlink) => {
  using links = netlink.subscribe(NETLINK_ROUTE, [RTNLGRP_LINK], { timeout: 5 })
  using nexthops = netlink.subscribe(NETLINK_ROUTE, [RTNLGRP_NEXTHOP], { timeout: 5 })
  using tiny = netlink.subscribe(NETLINK_ROUTE, [RTNLGRP_LINK], { timeout: 0, rcvbuf: 0 })
  batch([addVeth, 'link delete left7', 'nexthop add id 7 blackhole'])
  const { value } = await links.next()
  assert.equal(value!.type, RTM_NEWLINK)
  assert.match(netlink.decodeLink(value!.payload).name, /^(left|right)7$/)
  let last = 0
  for await (const { type } of links) {
    last = type
    if (type === RTM_DELLINK) break // Which closes it.
  }
  assert.equal(last, RTM_DELLINK)
  assert.deepEqual(await links.next(), { done: true, value: undefined })
  assert.equal((await nexthops.next()).value!.type, RTM_NEWNEXTHOP)
  // Some were lost: that is told once, and then it goes on.
  let losses = 0
  await drain(tiny as never, () => losses++)
  assert.equal(losses, 1)
  ip(...addVeth.split(' '))
  const more = (await drain(tiny as never, () => losses++)) as unknown as { type: number }[]
  assert.equal(more[0]!.type, RTM_NEWLINK)
}

export const ends: Scenario = async (netlink, form) => {
  // A time limit does not end it.
  using patient = netlink.watch({ initial: false, timeout: 0.02 })
  await assert.rejects(async () => patient.next(), { name: 'TimeoutError', syscall: 'next' })
  ip(...addVeth.split(' '))
  assert.equal((await patient.next()).value!.kind, 'link')

  using closed = netlink.watch()
  closed.close()
  closed.close()
  assert.deepEqual(await closed.next(), { done: true, value: undefined })
  if (form === 'blocking') return

  const waiting = netlink.watch({ initial: false })
  const pending = waiting.next()
  await turn()
  waiting.close()
  assert.deepEqual(await pending, { done: true, value: undefined })

  const controller = new AbortController()
  const reason = new Error('enough')
  const aborted = netlink.watch({ initial: false, signal: controller.signal })
  const following = (async () => {
    for await (const change of aborted) assert.fail(ourLine(change))
  })()
  await turn()
  controller.abort(reason)
  await assert.rejects(following, reason)
  await assert.rejects(aborted.next(), reason)

  // Aborted while nobody waits: the socket is closed all the same, as the run checks.
  const idle = new AbortController()
  netlink.watch({ signal: idle.signal })
  idle.abort(reason)
  await assert.rejects(
    netlink.subscribe(NETLINK_ROUTE, [1], { signal: AbortSignal.abort(reason) }).next(),
    reason,
  )

  // Two who wait are served in their order.
  using shared = netlink.watch({ initial: false })
  const both = [shared.next(), shared.next()]
  ip('link', 'delete', 'left7')
  const [first, second] = await Promise.all(both)
  assert.notDeepEqual(first, second)

  // It keeps the process alive, unless it is told not to.
  const program = (more: string) =>
    `import { watch } from 'berkeley/netlink'; const w = watch({ initial: false }); ${more} void w.next()`
  const run = (more: string) =>
    execFileSync(process.execPath, ['--input-type=module', '-e', program(more)], {
      cwd: repositoryRoot,
      timeout: 20_000,
    })
  run('w.unref();')
  run('w.unref().ref(); setTimeout(() => w.close(), 10);')
}
