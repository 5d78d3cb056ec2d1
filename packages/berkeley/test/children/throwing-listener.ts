// What a listener of a stream throws is an uncaught exception, by its origin too.
import { socketpair } from 'berkeley'
import { toDuplex } from 'berkeley/stream'

const [left, right] = socketpair()
const stream = toDuplex(left)
process.once('uncaughtException', ({ message }, origin) => {
  console.log(origin, message)
  stream.destroy()
  right.close()
})
stream.on('data', () => {
  throw new Error('thrown by the listener')
})
await right.sendall('x')
