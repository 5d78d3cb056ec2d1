// @ts-check
// Prints the IPv4 packets of an interface, like a small tcpdump; those of one protocol and port, if you like. A filter in
// the kernel (BPF) throws the others away before they are copied to us. Needs CAP_NET_RAW.
//
//   node examples/network/sniff.mjs lo
//   node examples/network/sniff.mjs eth0 udp 53
//
// prints
//
//   in   127.0.0.1 > 127.0.0.1 protocol 1, 84 bytes
import * as berkeley from 'berkeley'
import { AF_INET, AF_PACKET, bpf, ETH_P_ALL, ETH_P_IP, ifNametoindex, inetNtop, packetMreq } from 'berkeley'
import { attachFilter } from 'berkeley/options'

const { PACKET_ADD_MEMBERSHIP, PACKET_MR_PROMISC, PACKET_OUTGOING, SKF_AD_PROTOCOL, SOL_PACKET } = berkeley

const [ifname, protocol, port] = process.argv.slice(2)
if (!ifname) {
  console.error('usage: sniff.mjs INTERFACE [icmp|tcp|udp [PORT]]')
  process.exit(2)
}
process.stdout.on('error', () => process.exit()) // Who reads us, head perhaps, has enough.

// What the filter loads is counted from the header of IP, since the socket is given no header of the link.
const filter = [bpf.loadAncillary(SKF_AD_PROTOCOL), bpf.jumpIf('==', ETH_P_IP, 0, 'no')]
if (protocol) {
  filter.push(bpf.load(8, 9), bpf.jumpIf('==', await berkeley.getprotobyname(protocol), 0, 'no'))
}
if (port) {
  // Only the first fragment of a packet has ports; they stand after the header, which may have options.
  filter.push(bpf.load(16, 6), bpf.jumpIf('&', 0x1fff, 'no'), bpf.loadXHeaderLength(0))
  filter.push(bpf.loadIndexed(16, 0), bpf.jumpIf('==', Number(port), 'yes'))
  filter.push(bpf.loadIndexed(16, 2), bpf.jumpIf('!=', Number(port), 'no'))
}
filter.push(bpf.label('yes'), bpf.accept(), bpf.label('no'), bpf.drop())

// SOCK_DGRAM: without the header of the link, whatever kind of link it is.
const socket = new berkeley.Socket(AF_PACKET, berkeley.SOCK_DGRAM)
attachFilter(socket, bpf.program(...filter)) // Before bind: until then nothing comes.
const membership = { ifindex: ifNametoindex(ifname), type: PACKET_MR_PROMISC }
socket.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, packetMreq.encode(membership))
socket.bind([ifname, ETH_P_ALL]) // Only who asks for all sees what goes out.
console.error(`listening on ${ifname}`)

for (;;) {
  const [packet, [, , pkttype]] = await socket.recvfrom(65536)
  const direction = pkttype === PACKET_OUTGOING ? 'out' : 'in '
  const [from, to] = [12, 16].map((at) => inetNtop(AF_INET, packet.subarray(at, at + 4)))
  console.log(`${direction}  ${from} > ${to} protocol ${packet[9]}, ${packet.readUInt16BE(2)} bytes`)
}
