// Multicast groups, over two interfaces that are wired to each other: who is heard, and who is not.
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { before, describe } from 'node:test'
import {
  AF_INET,
  AF_INET6,
  IP_MULTICAST_ALL,
  IP_MULTICAST_IF,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_MULTICAST_ALL,
  IPV6_MULTICAST_IF,
  ifNametoindex,
  ipMreqn,
  MCAST_EXCLUDE,
  MCAST_INCLUDE,
  SOCK_DGRAM,
  Socket,
} from 'berkeley'
import {
  blockSource,
  getsourcefilter,
  joinGroup,
  leaveGroup,
  setsourcefilter,
  unblockSource,
} from 'berkeley/options'
import { type Form, forms } from '../forms.ts'
import { inNamespace } from '../namespace.ts'
import { type Scope, socketTest } from '../scope.ts'
import { warmUp } from '../worlds.ts'

before(warmUp)

interface Family {
  readonly name: string
  readonly family: number
  readonly any: string
  readonly group: string
  readonly otherGroup: string
  /** A group that is meant for certain senders. */
  readonly ssm: string
  /** Two addresses of the first interface. */
  readonly alice: string
  readonly bob: string
  /** Many addresses that nobody has. */
  readonly nobody: (i: number) => string
}

const families: readonly Family[] = [
  {
    name: 'IPv4',
    family: AF_INET,
    any: '0.0.0.0',
    group: '239.9.9.9',
    otherGroup: '239.9.9.10',
    ssm: '232.9.9.9',
    alice: '10.9.0.1',
    bob: '10.9.0.2',
    nobody: (i) => `10.77.0.${i + 1}`,
  },
  {
    name: 'IPv6',
    family: AF_INET6,
    any: '::',
    group: 'ff15::9:9',
    otherGroup: 'ff15::9:a',
    ssm: 'ff35::9:9',
    alice: 'fd09::1',
    bob: 'fd09::2',
    nobody: (i) => `fd77::${(i + 1).toString(16)}`,
  },
]

const commands = [
  'link set lo up',
  'link add first type veth peer name second',
  ...['first', 'second'].map((name) => `link set ${name} up`),
  'addr add 10.9.0.1/24 dev first',
  'addr add 10.9.0.2/24 dev first',
  'addr add 10.9.1.1/24 dev second',
  ...['fd09::1', 'fd09::2'].map((address) => `addr add ${address}/64 dev first nodad`),
  'addr add fd09:1::1/64 dev second nodad',
]

inNamespace(import.meta.url, commands, () => {
  writeFileSync('/proc/sys/net/ipv4/igmp_max_msf', '100')
  for (const form of forms) for (const family of families) suite(form, family)
  nodeSuite()
})

/** Whether a socket hears groups that it did not join itself. */
function multicastAll(socket: Socket<number>, on: boolean): void {
  socket.setsockopt(IPPROTO_IP, IP_MULTICAST_ALL, on)
  if (socket.family === AF_INET6) socket.setsockopt(IPPROTO_IPV6, IPV6_MULTICAST_ALL, on)
}

/** Sends from an address of the first interface. */
async function send(source: string, destination: readonly [string, number], text: string): Promise<void> {
  using socket = new Socket<number>(source.includes(':') ? AF_INET6 : AF_INET, SOCK_DGRAM)
  socket.bind([source, 0])
  const index = ifNametoindex('first')
  if (socket.family === AF_INET6) socket.setsockopt(IPPROTO_IPV6, IPV6_MULTICAST_IF, index)
  else {
    const value = ipMreqn.encode({ multiaddr: '0.0.0.0', ifindex: index })
    socket.setsockopt(IPPROTO_IP, IP_MULTICAST_IF, value)
  }
  await socket.sendto(text, destination)
}

function suite({ name: form, library }: Form, where: Family): void {
  const { family, any, group, otherGroup, ssm, alice, bob } = where

  function receiver(t: Scope): Socket<number> {
    const socket = new library.Socket<number>(family, SOCK_DGRAM)
    t.after(() => socket.close())
    socket.settimeout(5)
    socket.bind([any, 0])
    multicastAll(socket, false)
    return socket
  }

  /** Which of those that speak to a group are heard: they speak, then somebody says directly that this was all. */
  async function heard(socket: Socket<number>, to: string = group): Promise<string[]> {
    const [, port] = socket.getsockname() as [string, number]
    await send(alice, [to, port], 'alice')
    await send(bob, [to, port], 'bob')
    await send(alice, [alice, port], 'end')
    const texts: string[] = []
    for (;;) {
      const text = (await socket.recv(100)).toString()
      if (text === 'end') return texts
      texts.push(text)
    }
  }

  describe(`${form}, ${where.name}`, () => {
    for (const [how, place] of [
      ['by name', 'first'],
      ['by index', ifNametoindex('first')],
    ] as const) {
      socketTest(`a group that is joined ${how} is heard, one that was left is not`, async (t) => {
        const socket = receiver(t)
        const neighbour = receiver(t) // So that the machine hears the groups anyway.
        for (const one of [group, otherGroup]) joinGroup(neighbour, one, { interface: 'first' })
        assert.deepEqual(await heard(socket), [])
        joinGroup(socket, group, { interface: place })
        assert.deepEqual(await heard(socket), ['alice', 'bob'])
        assert.deepEqual(await heard(socket, otherGroup), [])
        leaveGroup(socket, group, { interface: place })
        assert.deepEqual(await heard(socket), [])
      })
    }

    socketTest('on another interface it is not heard', async (t) => {
      const socket = receiver(t)
      const neighbour = receiver(t)
      joinGroup(neighbour, group, { interface: 'first' })
      joinGroup(socket, group, { interface: 'lo' })
      // IPv6 looks only at the group, if the machine hears it at all.
      assert.deepEqual(await heard(socket), family === AF_INET ? [] : ['alice', 'bob'])
      assert.throws(() => leaveGroup(socket, group, { interface: 'first' }), { code: 'EADDRNOTAVAIL' })
    })

    socketTest('with a source, only that is heard', async (t) => {
      const socket = receiver(t)
      joinGroup(socket, ssm, { interface: 'first', source: bob })
      assert.deepEqual(await heard(socket, ssm), ['bob'])
      joinGroup(socket, ssm, { interface: 'first', source: alice })
      assert.deepEqual(await heard(socket, ssm), ['alice', 'bob'])
      leaveGroup(socket, ssm, { interface: 'first', source: bob })
      assert.deepEqual(await heard(socket, ssm), ['alice'])
    })

    socketTest('a blocked source is silent', async (t) => {
      const socket = receiver(t)
      joinGroup(socket, group, { interface: 'first' })
      blockSource(socket, group, alice, { interface: 'first' })
      assert.deepEqual(await heard(socket), ['bob'])
      assert.throws(() => blockSource(socket, group, alice, { interface: 'first' }), {
        code: 'EADDRNOTAVAIL',
      })
      unblockSource(socket, group, alice, { interface: 'first' })
      assert.deepEqual(await heard(socket), ['alice', 'bob'])
    })

    socketTest('a source filter', async (t) => {
      const socket = receiver(t)
      joinGroup(socket, group, { interface: 'first' })
      const filter = () => getsourcefilter(socket, 'first', group)
      assert.deepEqual(filter(), { fmode: MCAST_EXCLUDE, slist: [] })
      setsourcefilter(socket, 'first', group, MCAST_EXCLUDE, [bob])
      assert.deepEqual(filter(), { fmode: MCAST_EXCLUDE, slist: [bob] })
      assert.deepEqual(await heard(socket), ['alice'])
      setsourcefilter(socket, ifNametoindex('first'), group, MCAST_INCLUDE, new Set([bob]))
      assert.deepEqual(filter(), { fmode: MCAST_INCLUDE, slist: [bob] })
      assert.deepEqual(await heard(socket), ['bob'])
    })

    socketTest('a long source filter comes back whole', (t) => {
      const socket = receiver(t)
      joinGroup(socket, group, { interface: 'first' })
      for (const count of [15, 16, 17, 60]) {
        const slist = Array.from({ length: count }, (_, i) => where.nobody(i))
        setsourcefilter(socket, 'first', group, MCAST_INCLUDE, slist)
        assert.deepEqual(getsourcefilter(socket, 'first', group).slist, slist)
      }
    })

    socketTest('what the kernel refuses', (t) => {
      const socket = receiver(t)
      joinGroup(socket, group, { interface: 'first' })
      const refused = (call: () => unknown, code: string, syscall: string) =>
        assert.throws(call, { code, syscall })
      refused(() => joinGroup(socket, group, { interface: 'first' }), 'EADDRINUSE', 'setsockopt')
      refused(() => joinGroup(socket, group, { interface: 'third' }), 'ENODEV', 'joinGroup')
      refused(() => joinGroup(socket, group, { interface: 99 }), 'ENODEV', 'setsockopt')
      refused(() => joinGroup(socket, group, { interface: 'x'.repeat(16) }), 'ENODEV', 'joinGroup')
      refused(() => joinGroup(socket, alice, { interface: 'first' }), 'EINVAL', 'setsockopt')
      refused(() => leaveGroup(socket, otherGroup, { interface: 'first' }), 'EADDRNOTAVAIL', 'setsockopt')
      refused(() => unblockSource(socket, group, bob, { interface: 'first' }), 'EADDRNOTAVAIL', 'setsockopt')
      assert.throws(() => getsourcefilter(socket, 'first', otherGroup), { syscall: 'getsockopt' })
      socket.close()
      refused(() => joinGroup(socket, group, { interface: 1 }), 'EBADF', 'setsockopt')
    })

    socketTest('what cannot be meant', (t) => {
      const socket = receiver(t)
      const other = family === AF_INET ? 'fd09::1' : '10.9.0.1'
      const wrong = (call: () => unknown, message: RegExp, name = 'RangeError') =>
        assert.throws(call, { name, message })
      wrong(
        () => joinGroup(socket, group, { source: other }),
        /^joinGroup\(\): source must be an IPv. address/,
      )
      wrong(() => blockSource(socket, group, other), /^blockSource\(\): source must be an IPv. address, as/)
      wrong(() => setsourcefilter(socket, 0, group, 1, [alice, other]), /^setsourcefilter\(\): slist must be/)
      wrong(
        () => setsourcefilter(socket, 0, group, 2, []),
        /^setsourcefilter\(\): fmode must be 0 to 1, got 2/,
      )
      wrong(() => joinGroup(socket, 'all.hosts'), /^joinGroup\(\): group must be a numeric IP address/)
      wrong(() => setsourcefilter(socket, 0, group, 1, alice), /slist must be a list of/, 'TypeError')
    })
  })

  if (family === AF_INET6) {
    socketTest(`${form}: a socket of AF_INET6 hears groups of IPv4`, async (t) => {
      const socket = receiver(t)
      const [, port] = socket.getsockname() as [string, number]
      joinGroup(socket, '239.9.9.9', { interface: 'first' })
      await send('10.9.0.2', ['239.9.9.9', port], 'mapped')
      const [, [from]] = (await socket.recvfrom(100)) as [Buffer, [string]]
      assert.equal(from, '::ffff:10.9.0.2')
    })
  }
}

function nodeSuite(): void {
  socketTest('a socket of node:dgram hears what was joined for it', async (t) => {
    const socket = createSocket('udp4')
    t.after(() => {
      socket.close()
      return once(socket, 'close')
    })
    socket.bind(0)
    await once(socket, 'listening')
    const state = Object.getOwnPropertySymbols(socket).find((symbol) => String(symbol).includes('state'))!
    const { handle } = (socket as unknown as Record<symbol, { handle: { fd: number } }>)[state]!
    joinGroup(handle, '239.9.9.9', { interface: 'first' })
    joinGroup(handle.fd, '239.9.9.10', { interface: 'first', source: '10.9.0.2' })
    for (const [group, source] of [
      ['239.9.9.9', '10.9.0.1'],
      ['239.9.9.10', '10.9.0.1'],
      ['239.9.9.10', '10.9.0.2'],
    ] as const) {
      await send(source, [group, socket.address().port], `${group} ${source}`)
    }
    const texts = [await once(socket, 'message'), await once(socket, 'message')].map(([data]) => String(data))
    assert.deepEqual(texts, ['239.9.9.9 10.9.0.1', '239.9.9.10 10.9.0.2'])
  })
}
