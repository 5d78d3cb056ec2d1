// @ts-check
// Pings a host without privileges: a ping socket sends echo requests and receives the answers to them, nothing else.
// Whose group may have one is in /proc/sys/net/ipv4/ping_group_range: "0 2147483647" is all. Others get EACCES.
//
//   node examples/network/ping.mjs 127.0.0.1 [COUNT]
//
// prints
//
//   16 bytes from 127.0.0.1: seq=1 ttl=64 time=0.142 ms
import { setTimeout as pause } from 'node:timers/promises'
import * as berkeley from 'berkeley'
import { decodeAncillary, IP_RECVTTL, IPPROTO_ICMP, IPPROTO_IP, TimeoutError } from 'berkeley'

const [host, count = '4'] = process.argv.slice(2)
if (!host) {
  console.error('usage: ping.mjs HOST [COUNT]')
  process.exit(2)
}

const socket = new berkeley.Socket(berkeley.AF_INET, berkeley.SOCK_DGRAM, IPPROTO_ICMP)
socket.settimeout(2)
socket.setsockopt(IPPROTO_IP, IP_RECVTTL, true)
await socket.connect([host, 0])

/** @param {number} sequence */
async function ping(sequence) {
  // The kernel adds identifier and checksum.
  const request = Buffer.alloc(16)
  request[0] = berkeley.ICMP_ECHO
  request.writeUInt16BE(sequence, 6)
  const start = performance.now()
  await socket.send(request)
  for (;;) {
    const [answer, ancdata, , address] = await socket.recvmsg(1500, 64)
    const time = (performance.now() - start).toFixed(3)
    if (answer.readUInt16BE(6) !== sequence) continue // It is late: that of a request before.
    const ttl = decodeAncillary(ancdata).find(({ name }) => name === 'ttl')
    const hops = ttl && 'value' in ttl ? ttl.value : '?'
    console.log(`${answer.length} bytes from ${address?.[0]}: seq=${sequence} ttl=${hops} time=${time} ms`)
    return
  }
}

for (let sequence = 1; sequence <= Number(count); sequence++) {
  if (sequence > 1) await pause(1000)
  await ping(sequence).catch((error) => {
    if (!(error instanceof TimeoutError)) throw error
    console.log(`no answer: seq=${sequence}`)
    process.exitCode = 1
  })
}
socket.close()
