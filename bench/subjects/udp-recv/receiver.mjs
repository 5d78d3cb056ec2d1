// The socket of the receivers over berkeley.
import { AF_INET, IPPROTO_UDP, SO_RCVBUF, SOCK_DGRAM, SOL_SOCKET, Socket, UDP_GRO } from 'berkeley'
import { gro, takeCount, waitAtGate } from './count.mjs'

export const socket = new Socket(AF_INET, SOCK_DGRAM)
// As much as one datagram may have, or as many that were put together.
export const bufsize = gro ? 65535 : 2048

socket.setsockopt(SOL_SOCKET, SO_RCVBUF, 32 << 20)
if (gro) socket.setsockopt(IPPROTO_UDP, UDP_GRO, true)
socket.bind(['127.0.0.1', 0])
console.log(`PORT ${socket.getsockname()[1]}`)
waitAtGate()

export async function answer(address) {
  await socket.sendto(takeCount(), address)
  waitAtGate()
}
