// @ts-check
// Pings a host without privileges: a ping socket sends echo requests and receives the answers to them, nothing else.
// Whose group may have one is in /proc/sys/net/ipv4/ping_group_range: "0 2147483647" is all. Others get EACCES.
//
//   node examples/families/ping.mjs 127.0.0.1 [COUNT]
//
// prints
//
//   16 bytes from 127.0.0.1: seq=1 ttl=64 time=0.142 ms
import {
  AF_INET,
  decodeAncillary,
  ICMP_ECHO,
  IP_RECVTTL,
  IPPROTO_ICMP,
  IPPROTO_IP,
  SOCK_DGRAM,
  Socket,
} from 'berkeley'

const [host, count = '4'] = process.argv.slice(2)
if (!host) {
  console.error('usage: ping.mjs HOST [COUNT]')
  process.exit(2)
}

const socket = new Socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP)
socket.settimeout(2)
socket.setsockopt(IPPROTO_IP, IP_RECVTTL, true)
await socket.connect([host, 0])

for (let sequence = 1; sequence <= Number(count); sequence++) {
  // The kernel adds identifier and checksum.
  const request = Buffer.alloc(16)
  request[0] = ICMP_ECHO
  request.writeUInt16BE(sequence, 6)
  const start = performance.now()
  await socket.send(request)
  const [answer, ancdata, , address] = await socket.recvmsg(1500, 64)
  const time = (performance.now() - start).toFixed(3)
  const ttl = decodeAncillary(ancdata).find(({ name }) => name === 'ttl')
  const [from] = /** @type {readonly [string, number]} */ (address)
  const seq = answer.readUInt16BE(6)
  console.log(
    `${answer.length} bytes from ${from}: seq=${seq} ttl=${ttl && 'value' in ttl ? ttl.value : '?'} time=${time} ms`,
  )
}
socket.close()
