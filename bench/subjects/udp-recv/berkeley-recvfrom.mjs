// berkeley with promises: recvfrom, one datagram for each call.
import { counts } from './count.mjs'
import { answer, bufsize, socket } from './receiver.mjs'

for (;;) {
  const [data, address] = await socket.recvfrom(bufsize)
  if (counts(data.length)) await answer(address)
}
