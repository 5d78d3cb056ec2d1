// The event loop's epoll descriptor cannot be made, for there are too many descriptors: the wait says so. Prints the
// error's code, and what was received when there was room again.
import { close, dup, socketpair } from 'berkeley'

const [left, right] = socketpair()
const copies: number[] = []
try {
  for (;;) copies.push(dup(left.fileno()))
} catch {
  // That was the last one.
}
const code = await right.recv(10).catch((error: { code: string }) => error.code)
for (const copy of copies) close(copy)
const data = right.recv(10)
await left.send('hello')
console.log(`${code} ${await data}`)
left.close()
right.close()
