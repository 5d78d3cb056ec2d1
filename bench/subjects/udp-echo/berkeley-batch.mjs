// berkeley with promises: what came goes back in batches.
import { AF_INET, Batch, SOCK_DGRAM, Socket } from 'berkeley'

const socket = new Socket(AF_INET, SOCK_DGRAM)
const batch = new Batch(64, 2048)
socket.bind(['127.0.0.1', 0])
console.log(`PORT ${socket.getsockname()[1]}`)
for (;;) {
  await socket.recvmmsgInto(batch)
  while (batch.count > 0) batch.discard(await socket.sendmmsg(batch))
}
