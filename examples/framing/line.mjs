// @ts-check
// Messages over TCP, each a line, by calls that block. A person can read and write them with ncat; but a message cannot hold
// a line end. The server sends each back, to one client at a time. `makefile` has all of this ready made (examples/lines).
//
//   node examples/framing/line.mjs serve [PORT [HOST]]
//   node examples/framing/line.mjs send PORT MESSAGE...
//
// prints
//
//   listening on 127.0.0.1:7777
//   127.0.0.1:49152: "hello"
import { createConnection, createServer } from 'berkeley/blocking'

const [command, port = '7777', ...rest] = process.argv.slice(2)
const MOST_BYTES = 65_536

/**
 * The messages that come, whatever pieces they come in.
 * @param {Iterable<Buffer>} connection
 */
function* messagesOf(connection) {
  let begun = Buffer.alloc(0)
  for (const data of connection) {
    begun = Buffer.concat([begun, data])
    for (let end = begun.indexOf('\n'); end >= 0; end = begun.indexOf('\n')) {
      yield begun.subarray(0, end).toString() // Only whole messages become text: a piece may end within a letter.
      begun = begun.subarray(end + 1)
    }
    if (begun.length > MOST_BYTES) throw new Error(`a message of more than ${MOST_BYTES} bytes`)
  }
  if (begun.length > 0) throw new Error('the connection ended within a message')
}

if (command === 'serve') {
  const server = createServer([rest[0] ?? '127.0.0.1', Number(port)])
  console.log(`listening on ${server.getsockname().join(':')}`)
  for (const [connection, address] of server) {
    try {
      for (const message of messagesOf(connection)) {
        console.log(`${address.join(':')}: ${JSON.stringify(message)}`)
        connection.sendall(`${message}\n`)
      }
    } catch (error) {
      console.log(`${address.join(':')}: ${error instanceof Error ? error.message : error}`)
    } finally {
      connection.close()
    }
  }
} else if (command === 'send') {
  const connection = createConnection(['127.0.0.1', Number(port)])
  const answers = messagesOf(connection)
  for (const message of rest) {
    if (message.includes('\n')) throw new Error(`a message of several lines: ${JSON.stringify(message)}`)
    connection.sendall(`${message}\n`)
    console.log(answers.next().value ?? 'the server has closed the connection')
  }
  connection.close()
} else throw new Error('usage: line.mjs serve [PORT [HOST]] | send PORT MESSAGE...')
