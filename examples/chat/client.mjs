// @ts-check
// A chat of two people who take turns: goes to the one who waits (server.mjs), and begins.
//
//   node examples/chat/client.mjs [PORT [HOST]]
//
// prints
//
//   127.0.0.1:7777 is here. You begin. Ctrl-D leaves.
//   you: hello
//   14:03:09 they: hi, how are you?
import { createConnection } from 'berkeley'
import { talk } from './conversation.mjs'

const [port = '7777', host = '127.0.0.1'] = process.argv.slice(2)
const connection = await createConnection([host, Number(port)])
console.log(`${host}:${port} is here. You begin. Ctrl-D leaves.`)
await talk(connection, true)
