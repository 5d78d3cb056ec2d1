// Kin of TCP and UDP: MPTCP, UDP-Lite.
import assert from 'node:assert/strict'
import { before } from 'node:test'
import {
  AF_INET,
  AF_INET6,
  AF_PACKET,
  ETH_P_IP,
  IPPROTO_MPTCP,
  IPPROTO_TCP,
  IPPROTO_UDPLITE,
  MPTCP_INFO,
  SHUT_WR,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_STREAM,
  SOL_MPTCP,
  SOL_UDPLITE,
  type Socket,
  TCP_ESTABLISHED,
  TCP_INFO,
  TCP_NODELAY,
  tcpInfo,
  UDPLITE_RECV_CSCOV,
  UDPLITE_SEND_CSCOV,
} from 'berkeley'
import { type Bench, familyTest, nothingComes, warmUp } from './family-test.ts'
import { lacking } from './lacking.ts'

before(warmUp)

const MPTCP = { family: AF_INET, type: SOCK_STREAM, proto: IPPROTO_MPTCP }
const UDPLITE = { family: AF_INET, type: SOCK_DGRAM, proto: IPPROTO_UDPLITE }

async function connected(
  { open, own }: Bench,
  serverProto: number,
): Promise<[client: Socket<number>, server: Socket<number>]> {
  const listening = open({ proto: serverProto })
  listening.bind(['127.0.0.1', 0])
  listening.listen()
  const client = open()
  await client.connect(listening.getsockname() as never)
  const [server, address] = await listening.accept()
  assert.deepEqual(address, client.getsockname())
  return [client, own(server)]
}

/** Whether the connection has become one of TCP: then the level is that of another protocol. */
function hasFallenBack(socket: Socket<number>): boolean {
  try {
    assert.ok(socket.getsockopt(SOL_MPTCP, MPTCP_INFO, 128).length > 0)
    return false
  } catch (error) {
    assert.equal((error as { code?: unknown }).code, 'EOPNOTSUPP')
    return true
  }
}

for (const [name, proto] of [
  ['a peer of its kind', IPPROTO_MPTCP],
  ['a peer that knows TCP only', IPPROTO_TCP],
] as const) {
  familyTest(MPTCP, `MPTCP: a connection with ${name}`, async (bench) => {
    const [client, server] = await connected(bench, proto)
    assert.equal(client.proto, IPPROTO_MPTCP)
    client.setsockopt(IPPROTO_TCP, TCP_NODELAY, true)
    assert.equal(client.getsockopt(IPPROTO_TCP, TCP_NODELAY), 1)
    const DATA = Buffer.alloc(50_000, 'mptcp ')
    await client.sendall(DATA)
    client.shutdown(SHUT_WR)
    const chunks: Buffer[] = []
    for (let chunk = await server.recv(65536); chunk.length > 0; chunk = await server.recv(65536))
      chunks.push(chunk)
    assert.deepEqual(Buffer.concat(chunks), DATA)
    await server.sendall('answer')
    assert.equal((await client.recv(100)).toString(), 'answer')
    assert.equal(hasFallenBack(client), proto === IPPROTO_TCP)
    const { state } = tcpInfo.decode(server.getsockopt(IPPROTO_TCP, TCP_INFO, 512))
    assert.ok(state >= TCP_ESTABLISHED)
  })
}

for (const [family, host] of [
  [AF_INET, '127.0.0.1'],
  [AF_INET6, '::1'],
] as const) {
  familyTest({ ...UDPLITE, family }, `UDP-Lite: how much a checksum covers, ${host}`, async ({ open }) => {
    const [sender, receiver] = [open(), open()]
    for (const socket of [sender, receiver]) socket.bind([host, 0])
    const to = receiver.getsockname() as never
    sender.setsockopt(SOL_UDPLITE, UDPLITE_SEND_CSCOV, 12)
    assert.equal(sender.getsockopt(SOL_UDPLITE, UDPLITE_SEND_CSCOV), 12)
    await sender.sendto('partly covered', to)
    const [data, address] = await receiver.recvfrom(100)
    assert.deepEqual([data.toString(), address], ['partly covered', sender.getsockname()])
    // What is covered less than this is dropped.
    receiver.setsockopt(SOL_UDPLITE, UDPLITE_RECV_CSCOV, 16)
    await sender.sendto('too little', to)
    await nothingComes(receiver)
    sender.setsockopt(SOL_UDPLITE, UDPLITE_SEND_CSCOV, 16)
    await sender.sendto('enough', to)
    assert.equal((await receiver.recv(100)).toString(), 'enough')
  })
}

const sniffing = lacking({ family: AF_PACKET, type: SOCK_RAW }) === false
if (sniffing) {
  familyTest(UDPLITE, 'UDP-Lite: the coverage as it stands in the packet', async ({ open }) => {
    const sniffer = open({ family: AF_PACKET, type: SOCK_DGRAM, proto: 0 })
    sniffer.bind(['lo', ETH_P_IP])
    const [sender, receiver] = [open(), open()]
    receiver.bind(['127.0.0.1', 0])
    sender.setsockopt(SOL_UDPLITE, UDPLITE_SEND_CSCOV, 10)
    const to = receiver.getsockname() as [string, number]
    await sender.sendto('sniffed', to)
    for (;;) {
      const packet = await sniffer.recv(2000)
      if (packet[9] !== IPPROTO_UDPLITE || packet.readUInt16BE(22) !== to[1]) continue
      assert.equal(packet.readUInt16BE(24), 10)
      break
    }
  })
}
