// @ts-check
// Sends the same record, as JSON, to every client that connects; the end of the connection is the end of the record.
//
//   node examples/records/server.mjs '{"name": "Ada", "height": 165}' [PORT [HOST]]
//   node examples/records/client.mjs
//
// prints
//
//   listening on 127.0.0.1:7777
//   sent to 127.0.0.1:49152
import { createServer, OSError, SHUT_WR } from 'berkeley'

const [text, port = '7777', host = '127.0.0.1'] = process.argv.slice(2)
if (!text) {
  console.error('usage: server.mjs JSON [PORT [HOST]]')
  process.exit(2)
}
const record = JSON.stringify(JSON.parse(text)) // Fails here, and not at the clients, if it is no JSON.
const [PATIENCE, MOST_BYTES] = [5, 65_536] // Seconds for each step; bytes that nobody asked for.

/**
 * @param {import('berkeley').Connected<'async', typeof import('berkeley').AF_INET>} connection
 * @param {string} name
 */
async function serve(connection, name) {
  try {
    connection.settimeout(PATIENCE)
    await connection.sendall(`${record}\n`)
    connection.shutdown(SHUT_WR) // That was all. The client sees it, and closes.
    // Who closes while there is something to be read sends a reset, which may destroy what the client has not read yet.
    let unasked = 0
    for await (const data of connection) {
      unasked += data.length
      if (unasked > MOST_BYTES) break
    }
    console.log(`sent to ${name}`)
  } catch (error) {
    if (!(error instanceof OSError)) throw error
    console.log(`${name}: ${error.message}`)
  } finally {
    connection.close()
  }
}

const server = createServer([host, Number(port)])
process.once('SIGINT', () => server.close()) // Ends the iteration; who is served still is.
console.log(`listening on ${server.getsockname().join(':')}`)
for await (const [connection, address] of server) serve(connection, address.join(':'))
