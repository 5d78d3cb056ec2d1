// AF_BLUETOOTH, BTPROTO_SCO: audio between two controllers that exist in software only (sco-controllers.ts).
import assert from 'node:assert/strict'
import { before } from 'node:test'
import {
  AF_BLUETOOTH,
  BT_DEFER_SETUP,
  BT_PHY,
  BT_PHY_BR_1M_1SLOT,
  BT_PKT_STATUS,
  BT_SNDMTU,
  BT_VOICE,
  BT_VOICE_TRANSPARENT,
  BTPROTO_SCO,
  SCO_CONNINFO,
  SCO_OPTIONS,
  SO_ERROR,
  SOCK_SEQPACKET,
  SOL_BLUETOOTH,
  SOL_SCO,
  SOL_SOCKET,
  type Socket,
} from 'berkeley'
import { select } from 'berkeley/select'
import { controllersNeeded, SCO_LEFT, SCO_RIGHT, useScoControllers } from './controllers.ts'
import { type Bench, controlOf, familyTest, warmUp } from './family-test.ts'

before(warmUp)
useScoControllers()

const SCO = { family: AF_BLUETOOTH, type: SOCK_SEQPACKET, proto: BTPROTO_SCO, ...controllersNeeded }

/** Its levels have the numbers of IP and TCP, so its type has to be AF_BLUETOOTH's. */
function listenAt(address: string, { open }: Bench): Socket<typeof AF_BLUETOOTH> {
  const listening = open() as never as Socket<typeof AF_BLUETOOTH>
  listening.bind(address)
  listening.listen()
  return listening
}

/** Ends a connection with the test, and waits for it: the next one between the same controllers would be the same. */
function hangsUp({ t }: Bench, client: Socket<number>, server: Socket<number>): void {
  t.after(async () => {
    if (client.fileno() === -1) return
    client.close()
    try {
      while ((await server.recv(100)).length > 0);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error
    }
  })
}

/** Both ends of a connection. */
async function connected(bench: Bench): Promise<Record<'client' | 'server', Socket<typeof AF_BLUETOOTH>>> {
  const listening = listenAt(SCO_RIGHT, bench)
  const client = bench.open()
  client.bind(SCO_LEFT)
  await client.connect(SCO_RIGHT)
  const [accepted, address] = await listening.accept()
  assert.equal(address, SCO_LEFT)
  listening.close()
  const server = bench.own(accepted)
  hangsUp(bench, client, server)
  return { client: client as never, server: server as never }
}

familyTest(SCO, 'SCO: packets go both ways and keep their borders', async (bench) => {
  const { client, server } = await connected(bench)
  assert.equal(client.getsockname(), SCO_LEFT)
  assert.equal(client.getpeername(), SCO_RIGHT)
  assert.equal(server.getsockname(), SCO_RIGHT)
  assert.equal(server.getpeername(), SCO_LEFT)
  for (const [from, to] of [
    [client, server],
    [server, client],
  ] as const) {
    const packets = [48, 60, 1, 48].map((length, at) => Buffer.alloc(length, 0x20 + at))
    for (const packet of packets) assert.equal(await from.send(packet), packet.length)
    for (const packet of packets) assert.deepEqual(await to.recv(100), packet)
  }
  await client.send(Buffer.alloc(60, 'x'))
  assert.equal((await server.recv(10)).toString(), 'x'.repeat(10), 'the rest is lost')
  await client.send('next')
  assert.equal((await server.recv(100)).toString(), 'next')
})

familyTest(SCO, 'SCO: closing ends it for the other', async (bench) => {
  const { client, server } = await connected(bench)
  await client.send('last')
  assert.equal((await server.recv(100)).toString(), 'last')
  client.close()
  await assert.rejects(async () => server.recv(100), { code: 'ECONNRESET' })
  await assert.rejects(async () => server.send('late'), { code: 'ENOTCONN' })
})

familyTest(
  SCO,
  'SCO: a connection is not accepted before something is received (BT_DEFER_SETUP)',
  async (bench) => {
    const listening = listenAt(SCO_RIGHT, bench)
    listening.setsockopt(SOL_BLUETOOTH, BT_DEFER_SETUP, 1)
    const client = bench.open()
    client.bind(SCO_LEFT)
    client.settimeout(0)
    await assert.rejects(async () => client.connect(SCO_RIGHT), { code: 'EINPROGRESS' })
    const server = bench.own((await listening.accept())[0])
    hangsUp(bench, client, server)
    assert.deepEqual((await select([], [client], [], 0))[1], [])
    assert.equal((await server.recv(100)).length, 0, 'nothing yet: this accepts')
    assert.deepEqual((await select([], [client], [], 20))[1], [client])
    assert.equal(client.getsockopt(SOL_SOCKET, SO_ERROR), 0)
    client.settimeout(20)
    await client.send('accepted')
    assert.equal((await server.recv(100)).toString(), 'accepted')
  },
)

familyTest(SCO, 'SCO: a controller that is not there', async ({ open }) => {
  const client = open()
  client.bind(SCO_LEFT)
  await assert.rejects(async () => client.connect('00:AA:02:00:00:99'), { code: 'EHOSTDOWN' })
})

familyTest(SCO, 'SCO: the state of each packet comes with it (BT_PKT_STATUS)', async (bench) => {
  const { client, server } = await connected(bench)
  // Linux 6.1 gives it to a socket that has connected, not to one that was accepted.
  client.setsockopt(SOL_BLUETOOTH, BT_PKT_STATUS, true)
  // These controllers spoil packets that begin with the state that they shall have.
  for (const state of [0, 1, 2, 3]) {
    const packet = Buffer.alloc(48, state)
    await server.send(packet)
    const [data, ancdata] = await client.recvmsg(100, 64)
    assert.deepEqual(data, packet)
    assert.equal(controlOf(ancdata, 'btPktStatus'), state)
  }
})

familyTest(SCO, 'SCO: options', async (bench) => {
  const { client, server } = await connected(bench)
  assert.equal(client.getsockopt(SOL_SCO, SCO_OPTIONS, 2).readUInt16LE(), 64)
  assert.equal(client.getsockopt(SOL_BLUETOOTH, BT_SNDMTU), 64)
  await assert.rejects(async () => client.send(Buffer.alloc(65)), { code: 'EINVAL' })
  // The controllers have the same handle for both ends, and no class of device.
  const info = client.getsockopt(SOL_SCO, SCO_CONNINFO, 5)
  assert.ok(info.readUInt16LE() > 0)
  assert.deepEqual(info, server.getsockopt(SOL_SCO, SCO_CONNINFO, 5))
  assert.ok(client.getsockopt(SOL_BLUETOOTH, BT_PHY) & BT_PHY_BR_1M_1SLOT)
  const other = bench.open() as never as Socket<typeof AF_BLUETOOTH>
  assert.throws(() => other.getsockopt(SOL_SCO, SCO_OPTIONS, 2), { code: 'ENOTCONN' })
  const transparent = Buffer.from(Uint16Array.of(BT_VOICE_TRANSPARENT).buffer)
  other.setsockopt(SOL_BLUETOOTH, BT_VOICE, transparent)
  assert.deepEqual(other.getsockopt(SOL_BLUETOOTH, BT_VOICE, 2), transparent)
})

familyTest(SCO, 'SCO: one listening socket for each controller', (bench) => {
  const listening = listenAt(SCO_RIGHT, bench)
  assert.equal(listening.getsockname(), SCO_RIGHT)
  const other = bench.open()
  other.bind(SCO_RIGHT)
  assert.throws(() => other.listen(), { code: 'EADDRINUSE' })
})
