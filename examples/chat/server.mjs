// @ts-check
// A chat of two people who take turns: waits for one to come, who begins. What comes is stamped with the time.
//
//   node examples/chat/server.mjs [PORT [HOST]]
//   node examples/chat/client.mjs                 in another terminal
//
// prints
//
//   listening on 127.0.0.1:7777
//   127.0.0.1:49152 is here, and begins. Ctrl-D leaves.
//   14:03:07 they: hello
//   you: hi, how are you?
import { createServer } from 'berkeley'
import { talk } from './conversation.mjs'

const [port = '7777', host = '127.0.0.1'] = process.argv.slice(2)
const server = createServer([host, Number(port)])
console.log(`listening on ${server.getsockname().join(':')}`)
const [connection, address] = await server.accept()
server.close() // Two are enough: the next is refused.
console.log(`${address.join(':')} is here, and begins. Ctrl-D leaves.`)
await talk(connection, false)
