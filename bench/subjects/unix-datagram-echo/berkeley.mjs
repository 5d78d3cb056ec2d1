// berkeley with promises: recvfrom and sendto of Unix datagrams.
import { AF_UNIX, SOCK_DGRAM, Socket } from 'berkeley'

const socket = new Socket(AF_UNIX, SOCK_DGRAM)
socket.bind(process.argv[2])
console.log(`PORT ${process.argv[2]}`)
for (;;) {
  const [data, address] = await socket.recvfrom(65536)
  await socket.sendto(data, address)
}
