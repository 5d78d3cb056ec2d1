// berkeley with promises: recvfrom and sendto.
import { AF_INET, SOCK_DGRAM, Socket } from 'berkeley'

const socket = new Socket(AF_INET, SOCK_DGRAM)
socket.bind(['127.0.0.1', 0])
console.log(`PORT ${socket.getsockname()[1]}`)
for (;;) {
  const [data, address] = await socket.recvfrom(65536)
  await socket.sendto(data, address)
}
