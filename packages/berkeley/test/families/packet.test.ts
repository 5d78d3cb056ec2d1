// AF_PACKET: what goes out, memberships, sharing among sockets, auxiliary data, statistics.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { before } from 'node:test'
import {
  AF_INET,
  AF_PACKET,
  ETH_P_ALL,
  ETH_P_IP,
  ifNametoindex,
  PACKET_ADD_MEMBERSHIP,
  PACKET_AUXDATA,
  PACKET_DROP_MEMBERSHIP,
  PACKET_FANOUT,
  PACKET_FANOUT_LB,
  PACKET_HOST,
  PACKET_IGNORE_OUTGOING,
  PACKET_MR_ALLMULTI,
  PACKET_OUTGOING,
  PACKET_QDISC_BYPASS,
  PACKET_STATISTICS,
  packetMreq,
  SO_RCVBUF,
  SOCK_DGRAM,
  SOCK_RAW,
  SOL_PACKET,
  SOL_SOCKET,
  type Socket,
  tpacketStats,
} from 'berkeley'
import { packetFanout } from 'berkeley/families'
import { type Bench, controlOf, familyTest, nothingComes, warmUp } from './family-test.ts'

before(warmUp)

const RAW = { family: AF_PACKET, type: SOCK_RAW }
const COOKED = { family: AF_PACKET, type: SOCK_DGRAM }
const ETHERNET_HEADER = 14
const PROTO = 0x88b6 // For experiments, IEEE 802.

function onLoopback({ open }: Bench, proto: number, type: number = SOCK_RAW): Socket<number> {
  const socket = open({ type })
  socket.bind(['lo', proto])
  return socket
}

function frame(text: string, proto: number = PROTO): Buffer {
  const header = Buffer.alloc(ETHERNET_HEADER)
  header.writeUInt16BE(proto, 12)
  return Buffer.concat([header, Buffer.from(text)])
}

type PacketName = readonly [ifname: string, proto: number, pkttype: number]

familyTest(RAW, 'a packet is seen as it goes out and as it comes in', async (bench) => {
  const everything = onLoopback(bench, ETH_P_ALL)
  const incoming = onLoopback(bench, ETH_P_ALL)
  incoming.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, true)
  const sender = bench.open()
  const seen = async (socket: Socket<number>): Promise<number> => {
    for (;;) {
      const [data, address] = await socket.recvfrom(2000)
      if (data.toString('latin1').endsWith('both ways')) return (address as never as PacketName)[2]
    }
  }
  for (const bypass of [false, true]) {
    sender.setsockopt(SOL_PACKET, PACKET_QDISC_BYPASS, bypass)
    await sender.sendto(frame('both ways'), ['lo', PROTO])
    // What bypasses the queues is not seen going out.
    if (!bypass) assert.equal(await seen(everything), PACKET_OUTGOING)
    assert.equal(await seen(everything), PACKET_HOST)
    assert.equal(await seen(incoming), PACKET_HOST)
  }
})

familyTest(
  COOKED,
  'packets of IP without the header of Ethernet, with what is known beside them',
  async (bench) => {
    const cooked = onLoopback(bench, ETH_P_IP, SOCK_DGRAM)
    cooked.setsockopt(SOL_PACKET, PACKET_AUXDATA, true)
    const udp = bench.open({ family: AF_INET })
    udp.bind(['127.0.0.1', 0])
    const [, port] = udp.getsockname() as [string, number]
    await udp.sendto('cooked', ['127.0.0.1', port])
    for (;;) {
      const [packet, ancdata, , address] = await cooked.recvmsg(2000, 256)
      if (!packet.toString('latin1').endsWith('cooked')) continue
      assert.equal(packet[0], 0x45)
      assert.equal(packet.readUInt16BE(20), port)
      assert.equal((address as never as PacketName)[1], ETH_P_IP)
      const aux = controlOf(ancdata, 'packetAuxdata')
      assert.deepEqual([aux.len, aux.snaplen, aux.net], [packet.length, packet.length, 0])
      break
    }
  },
)

// Not promiscuous, which other tests make the interface at the same time.
familyTest(RAW, 'an interface receives all multicast for as long as somebody wants that', ({ open }) => {
  const IFF_ALLMULTI = 0x200
  const receivesAll = () => (Number(readFileSync('/sys/class/net/lo/flags', 'utf8')) & IFF_ALLMULTI) !== 0
  const socket = open()
  const membership = packetMreq.encode({ ifindex: ifNametoindex('lo'), type: PACKET_MR_ALLMULTI })
  assert.equal(receivesAll(), false)
  socket.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership)
  assert.equal(receivesAll(), true)
  socket.setsockopt(SOL_PACKET, PACKET_DROP_MEMBERSHIP, membership)
  assert.equal(receivesAll(), false)
  socket.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership)
  socket.close()
  assert.equal(receivesAll(), false)
})

familyTest(RAW, 'a group of sockets shares packets, in turn', async (bench) => {
  const group = { id: process.pid & 0xffff, type: PACKET_FANOUT_LB }
  const sockets = [onLoopback(bench, PROTO), onLoopback(bench, PROTO)] as const
  for (const socket of sockets) {
    socket.setsockopt(SOL_PACKET, PACKET_FANOUT, packetFanout.encode(group))
    assert.deepEqual(packetFanout.decode(socket.getsockopt(SOL_PACKET, PACKET_FANOUT, 4)), group)
  }
  const sender = bench.open()
  const texts = ['1', '2', '3', '4']
  for (const text of texts) await sender.sendto(frame(text), ['lo', PROTO])
  const received: string[] = []
  for (const socket of sockets) {
    for (let i = 0; i < 2; i++) received.push((await socket.recv(100)).toString('latin1', ETHERNET_HEADER))
    await nothingComes(socket)
  }
  assert.deepEqual(received.toSorted(), texts)
  assert.notDeepEqual(received, texts)
})

familyTest(RAW, 'how many packets came, and how many found no room', async (bench) => {
  const socket = onLoopback(bench, PROTO)
  socket.setsockopt(SOL_SOCKET, SO_RCVBUF, 1)
  const sender = bench.open()
  const statistics = () => tpacketStats.decode(socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
  statistics()
  for (let i = 0; i < 100; i++) await sender.sendto(frame('x'.repeat(1000)), ['lo', PROTO])
  const { packets, drops } = statistics()
  assert.equal(packets, 100)
  assert.ok(drops > 0 && drops < 100, `${drops} dropped`)
  assert.deepEqual(statistics(), { packets: 0, drops: 0 })
})
