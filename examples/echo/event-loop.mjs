// @ts-check
// An echo server for many clients on one thread, with promises: while one is waited for, the others are served.
// Ctrl-C lets nobody in any more and waits for those who are there; a second one does not.
//
//   node examples/echo/event-loop.mjs [PORT [HOST]]
//   echo "how are you" | node examples/echo/client.mjs
//
// prints
//
//   listening on 127.0.0.1:7777
//   127.0.0.1:49152 sent 12 bytes
import { createServer, OSError } from 'berkeley'

const [port = '7777', host = '127.0.0.1'] = process.argv.slice(2)

/**
 * @param {import('berkeley').Connected<'async', typeof import('berkeley').AF_INET>} connection
 * @param {string} name
 */
async function serve(connection, name) {
  try {
    let total = 0
    for await (const data of connection) {
      await connection.sendall(data) // Who does not read is not read from: nothing piles up here.
      total += data.length
    }
    console.log(`${name} sent ${total} bytes`)
  } catch (error) {
    if (!(error instanceof OSError)) throw error
    console.log(`${name}: ${error.message}`)
  } finally {
    connection.close()
  }
}

const server = createServer([host, Number(port)])
process.once('SIGINT', () => server.close()) // Ends the iteration.
console.log(`listening on ${server.getsockname().join(':')}`)
for await (const [connection, address] of server) serve(connection, address.join(':'))
