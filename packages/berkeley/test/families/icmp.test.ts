// Raw sockets and ping sockets: the kernel answers what they send; filters; headers of one's own.
import assert from 'node:assert/strict'
import { before } from 'node:test'
import {
  AF_INET,
  AF_INET6,
  ICMP_ECHO,
  ICMP_ECHOREPLY,
  ICMP_FILTER,
  ICMPV6_ECHO_REPLY,
  ICMPV6_ECHO_REQUEST,
  ICMPV6_FILTER,
  IP_HDRINCL,
  IP_RECVTTL,
  IP_TTL,
  IPPROTO_ICMP,
  IPPROTO_ICMPV6,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_RAW,
  IPV6_RECVHOPLIMIT,
  IPV6_UNICAST_HOPS,
  icmp6Filter,
  icmpFilter,
  SOCK_DGRAM,
  SOCK_RAW,
  SOL_ICMPV6,
  SOL_RAW,
  type Socket,
} from 'berkeley'
import { controlOf, familyTest, nothingComes, warmUp } from './family-test.ts'

before(warmUp)

const RAW = { family: AF_INET, type: SOCK_RAW, proto: IPPROTO_ICMP }
const RAW6 = { family: AF_INET6, type: SOCK_RAW, proto: IPPROTO_ICMPV6 }
const PING = { ...RAW, type: SOCK_DGRAM }
const PING6 = { ...RAW6, type: SOCK_DGRAM }
const HEADER = 8
const IP_HEADER = 20

/** RFC 1071. */
function checksum(bytes: Buffer): number {
  let sum = 0
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) | (bytes[i + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16)
  return ~sum & 0xffff
}

function echo(type: number, id: number, sequence: number, text: string): Buffer {
  const packet = Buffer.alloc(HEADER + text.length)
  packet[0] = type
  packet.writeUInt16BE(id, 4)
  packet.writeUInt16BE(sequence, 6)
  packet.write(text, HEADER)
  packet.writeUInt16BE(checksum(packet), 2)
  return packet
}

const meaning = (packet: Buffer) => [
  packet[0],
  packet.readUInt16BE(4),
  packet.readUInt16BE(6),
  packet.toString('latin1', HEADER),
]

// Raw sockets receive what is for others as well: an identifier of one's own tells.
let lastId = process.pid & 0xff00
const freshId = () => ++lastId & 0xffff

async function reply(socket: Socket<number>, at: number, type: number, id: number): Promise<Buffer> {
  for (;;) {
    const packet = (await socket.recv(1500)).subarray(at)
    if (packet[0] === type && packet.readUInt16BE(4) === id) return packet
  }
}

familyTest(RAW, 'ICMP: an echo, with the header of IP before it', async ({ open }) => {
  const socket = open()
  const id = freshId()
  socket.setsockopt(SOL_RAW, ICMP_FILTER, icmpFilter.encode([ICMP_ECHOREPLY]))
  await socket.sendto(echo(ICMP_ECHO, id, 1, 'ping'), ['127.0.0.1', 0])
  assert.deepEqual(meaning(await reply(socket, IP_HEADER, ICMP_ECHOREPLY, id)), [
    ICMP_ECHOREPLY,
    id,
    1,
    'ping',
  ])
  // Its own request went by as well, but for the filter.
  await nothingComes(socket)
})

familyTest(RAW, 'ICMP: the TTL that is set, and the one that came', async ({ open }) => {
  const [sender, receiver] = [open(), open()]
  const id = freshId()
  receiver.setsockopt(SOL_RAW, ICMP_FILTER, icmpFilter.encode([ICMP_ECHO]))
  receiver.setsockopt(IPPROTO_IP, IP_RECVTTL, true)
  sender.setsockopt(IPPROTO_IP, IP_TTL, 42)
  await sender.sendto(echo(ICMP_ECHO, id, 1, ''), ['127.0.0.1', 0])
  const [packet, ancdata] = await receiver.recvmsg(1500, 256)
  assert.equal(packet[8], 42)
  assert.equal(controlOf(ancdata, 'ttl'), 42)
})

familyTest(RAW, 'IP: a header of one’s own', async ({ open }) => {
  const receiver = open()
  receiver.setsockopt(SOL_RAW, ICMP_FILTER, icmpFilter.encode([ICMP_ECHO]))
  const id = freshId()
  const message = echo(ICMP_ECHO, id, 3, 'by hand')
  const header = Buffer.alloc(IP_HEADER)
  header[0] = 0x45
  header[8] = 33
  header[9] = IPPROTO_ICMP
  header.set([127, 0, 0, 7], 12)
  header.set([127, 0, 0, 1], 16)
  const sender = open({ proto: IPPROTO_RAW })
  assert.equal(sender.getsockopt(IPPROTO_IP, IP_HDRINCL), 1)
  await sender.sendto(Buffer.concat([header, message]), ['127.0.0.1', 0])
  const [packet, address] = await receiver.recvfrom(1500)
  assert.deepEqual(address, ['127.0.0.7', 0])
  assert.deepEqual([packet[8], packet.subarray(IP_HEADER)], [33, message])
})

familyTest(RAW6, 'ICMPv6: an echo, whose checksum the kernel makes', async ({ open }) => {
  const socket = open()
  const id = freshId()
  const passed = [ICMPV6_ECHO_REPLY]
  socket.setsockopt(SOL_ICMPV6, ICMPV6_FILTER, icmp6Filter.encode(passed))
  assert.deepEqual(icmp6Filter.decode(socket.getsockopt(SOL_ICMPV6, ICMPV6_FILTER, 32)), passed)
  socket.setsockopt(IPPROTO_IPV6, IPV6_UNICAST_HOPS, 9)
  const request = echo(ICMPV6_ECHO_REQUEST, id, 2, 'ping6')
  request.writeUInt16BE(0, 2)
  await socket.sendto(request, ['::1', 0])
  const answer = await reply(socket, 0, ICMPV6_ECHO_REPLY, id)
  assert.deepEqual(meaning(answer), [ICMPV6_ECHO_REPLY, id, 2, 'ping6'])
  await nothingComes(socket)
})

for (const [name, kind, host, request, answer] of [
  ['IPv4', PING, '127.0.0.1', ICMP_ECHO, ICMP_ECHOREPLY],
  ['IPv6', PING6, '::1', ICMPV6_ECHO_REQUEST, ICMPV6_ECHO_REPLY],
] as const) {
  familyTest(kind, `a ping socket of ${name}: the kernel makes identifier and checksum`, async ({ open }) => {
    const [socket, other] = [open(), open()]
    socket.bind([host, 0])
    other.bind([host, 0])
    if (kind === PING) socket.setsockopt(IPPROTO_IP, IP_RECVTTL, true)
    else socket.setsockopt(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, true)
    const [, id] = socket.getsockname() as [string, number]
    const message = echo(request, 0, 7, 'unprivileged')
    message.writeUInt16BE(0, 2)
    await socket.sendto(message, [host, 0])
    const [packet, ancdata, , address] = await socket.recvmsg(1500, 256)
    assert.deepEqual(meaning(packet), [answer, id, 7, 'unprivileged'])
    assert.equal((address as [string])[0], host)
    assert.equal(controlOf(ancdata, kind === PING ? 'ttl' : 'hopLimit'), 64)
    // To each its own answers; and nothing but requests can be sent.
    await nothingComes(other)
    await assert.rejects(async () => socket.sendto(echo(answer, 0, 1, ''), [host, 0]), { code: 'EINVAL' })
  })
}
