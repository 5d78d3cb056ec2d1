// @ts-check
// Why a protocol over TCP has to say where its messages end: two sends may arrive as one, and one as many. TCP carries
// bytes, and knows nothing of the calls that they were sent with.
//
//   node examples/framing/merged.mjs
//
// prints something like
//
//   2 sends: "hello " "world"
//   1 receive: "hello world"
//   1 send of 1000000 bytes
//   17 receives, the first of 65536 bytes
import { setTimeout as pause } from 'node:timers/promises'
import { createConnection, createServer, IPPROTO_TCP, TCP_NODELAY } from 'berkeley'

const server = createServer(['127.0.0.1', 0])
const sender = await createConnection(server.getsockname())
const [receiver] = await server.accept()
server.close()
sender.setsockopt(IPPROTO_TCP, TCP_NODELAY, true) // Sends at once; but that does not keep the receiver from being late.

await sender.sendall('hello ')
await sender.sendall('world')
console.log('2 sends: "hello " "world"')
await pause(100) // The receiver was busy with something else.
console.log(`1 receive: "${await receiver.recv(1024)}"`)

const SIZE = 1_000_000
const sending = sender.sendall(Buffer.alloc(SIZE)) // Not awaited: the buffers do not hold it all.
const receives = []
for (let left = SIZE; left > 0; left -= receives.at(-1) ?? 0) {
  const data = await receiver.recv(SIZE)
  if (data.length === 0) throw new Error(`the connection ended ${left} bytes too early`)
  receives.push(data.length)
}
await sending
console.log(`1 send of ${SIZE} bytes`)
console.log(`${receives.length} receives, the first of ${receives[0]} bytes`)
sender.close()
receiver.close()
