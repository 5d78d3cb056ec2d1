// berkeley with promises: recvmmsg, a list of messages.
import { batchSize, counts } from './count.mjs'
import { answer, bufsize, socket } from './receiver.mjs'

for (;;) {
  for (const { data, address, segmentSize } of await socket.recvmmsg(batchSize, bufsize)) {
    if (counts(data.length, segmentSize)) await answer(address)
  }
}
