// @ts-check
// Records the packets of an interface of Ethernet in a file that tcpdump and Wireshark read, until it is interrupted. They
// come by the block, through memory shared with the kernel, where recvfrom takes a call for each. Needs CAP_NET_RAW.
//
//   node examples/network/ring.mjs eth0 packets.pcap
//   tcpdump -nr packets.pcap
//
// prints, at the end
//
//   1280 packets, 0 dropped
import { closeSync, openSync, writeSync } from 'node:fs'
import * as berkeley from 'berkeley'
import { AF_PACKET, ETH_P_ALL, ifNametoindex, packetMreq, SOCK_RAW } from 'berkeley'
import { PacketRing } from 'berkeley/rings'

const { PACKET_ADD_MEMBERSHIP, PACKET_MR_PROMISC, SOL_PACKET } = berkeley

const [ifname, path] = process.argv.slice(2)
if (!ifname || !path) {
  console.error('usage: ring.mjs INTERFACE FILE')
  process.exit(2)
}

const LONGEST = 262144
const ETHERNET = 1
const BILLION = 1_000_000_000n

/** @param {number[]} numbers of 32 bits, in the order of bytes that the first number of the file shows */
const words = (...numbers) => Buffer.from(Uint32Array.from(numbers).buffer)

/** @param {import('berkeley/rings').RingPacket} packet */
function record({ timestamp, data, length }) {
  const header = words(Number(timestamp / BILLION), Number(timestamp % BILLION), data.length, length)
  return [header, data]
}

const socket = new berkeley.Socket(AF_PACKET, SOCK_RAW) // Without a protocol, nothing comes before bind.
const ring = new PacketRing(socket, { blocks: 64, timeout: 0.1 })
const membership = { ifindex: ifNametoindex(ifname), type: PACKET_MR_PROMISC }
socket.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, packetMreq.encode(membership))
socket.bind([ifname, ETH_P_ALL])

const file = openSync(path, 'w')
const version = words(...new Uint32Array(Uint16Array.of(2, 4).buffer))
writeSync(file, Buffer.concat([words(0xa1b23c4d), version, words(0, 0, LONGEST, ETHERNET)]))
process.once('SIGINT', () => ring.close())
console.error(`recording ${ifname}`)

let [count, dropped] = [0, 0]
for await (const { packets } of ring) {
  writeSync(file, Buffer.concat(packets.flatMap(record)))
  count += packets.length
  dropped += ring.statistics().drops
}
closeSync(file)
socket.close()
console.log(`${count} packets, ${dropped} dropped`)
