// @ts-check
// Sends what it reads to a server, and prints what comes back. Both at once: who first sends all and then reads waits for
// ever when all is more than the buffers of both sides hold, for the server waits until it is read from.
//
//   echo "how are you" | node examples/echo/client.mjs [PORT [HOST]]
//
// prints
//
//   how are you
import { pipeline } from 'node:stream/promises'
import { createConnection, SHUT_WR } from 'berkeley'

const [port = '7777', host = '127.0.0.1'] = process.argv.slice(2)
const connection = await createConnection([host, Number(port)])

async function send() {
  for await (const data of process.stdin) await connection.sendall(data)
  connection.shutdown(SHUT_WR) // That was all; but we go on reading.
}

/** Until the server has sent all. Who prints slower than the server sends is waited for. */
const receive = () => pipeline(connection, process.stdout, { end: false })

const forever = new Promise(() => {})
await Promise.race([receive(), send().then(() => forever)]) // Over when all has come, or when either fails.
connection.close()
process.stdout.write('', () => process.exit()) // When all is printed; there may be more to send, but nobody listens.
