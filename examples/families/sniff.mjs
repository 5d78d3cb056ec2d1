// @ts-check
// Prints the IPv4 packets of an interface, like a small tcpdump. Needs CAP_NET_RAW.
//
//   node examples/families/sniff.mjs lo
//
// prints
//
//   in   127.0.0.1 > 127.0.0.1 protocol 1, 84 bytes
import {
  AF_INET,
  AF_PACKET,
  ETH_P_ALL,
  ETH_P_IP,
  ifNametoindex,
  inetNtop,
  PACKET_ADD_MEMBERSHIP,
  PACKET_MR_PROMISC,
  PACKET_OUTGOING,
  packetMreq,
  SOCK_DGRAM,
  SOL_PACKET,
  Socket,
} from 'berkeley'

const [ifname] = process.argv.slice(2)
if (!ifname) {
  console.error('usage: sniff.mjs INTERFACE')
  process.exit(2)
}

// SOCK_DGRAM: without the header of the link, whatever kind of link it is.
const socket = new Socket(AF_PACKET, SOCK_DGRAM)
const membership = { ifindex: ifNametoindex(ifname), type: PACKET_MR_PROMISC }
socket.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, packetMreq.encode(membership))
socket.bind([ifname, ETH_P_ALL]) // Only who asks for all sees what goes out.
console.error(`listening on ${ifname}`)

for (;;) {
  const [packet, address] = await socket.recvfrom(65536)
  const [, proto, pkttype] = address
  if (proto !== ETH_P_IP) continue
  const direction = pkttype === PACKET_OUTGOING ? 'out' : 'in '
  const [from, to] = [12, 16].map((at) => inetNtop(AF_INET, packet.subarray(at, at + 4)))
  console.log(`${direction}  ${from} > ${to} protocol ${packet[9]}, ${packet.readUInt16BE(2)} bytes`)
}
