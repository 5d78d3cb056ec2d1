// @ts-check
// Prints datagrams of RDS or UDP-Lite, of which the latter may have a checksum over their beginning only.
//
//   node examples/families/datagrams.mjs udplite 127.0.0.1 5000
//   python3 -c 'import socket as s; s.socket(2, 2, 136).sendto(b"hello", ("127.0.0.1", 5000))'
//
// prints
//
//   127.0.0.1,41264: hello
import { AF_INET, AF_RDS, IPPROTO_UDPLITE, SOCK_DGRAM, SOCK_SEQPACKET, Socket } from 'berkeley'

const [kind, host, port] = process.argv.slice(2)
if (!host || !port || (kind !== 'rds' && kind !== 'udplite')) {
  console.error('usage: datagrams.mjs rds|udplite HOST PORT')
  process.exit(2)
}

const [family, type, proto] =
  kind === 'rds' ? [AF_RDS, SOCK_SEQPACKET, 0] : [AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE]
const socket = new Socket(family, type, proto)
socket.bind([host, Number(port)])
console.error(`listening on ${socket.getsockname()}`)
process.stdout.on('error', () => process.exit()) // Who reads us, head perhaps, has enough.
for (;;) {
  const [data, address] = await socket.recvfrom(65536)
  console.log(`${address}: ${data}`)
}
