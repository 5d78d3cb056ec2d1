// berkeley with promises: recvmmsgInto a Batch, of which nothing but lengths is asked.
import { Batch } from 'berkeley'
import { batchSize, counts } from './count.mjs'
import { answer, bufsize, socket } from './receiver.mjs'

const batch = new Batch(batchSize, bufsize)
for (;;) {
  const count = await socket.recvmmsgInto(batch)
  for (let i = 0; i < count; i++) {
    if (counts(batch.length(i), batch.segmentSize(i))) await answer(batch.address(i))
  }
}
