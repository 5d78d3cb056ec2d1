// @ts-check
// Messages over TCP, each after its length in four bytes, big end first. They may hold anything, also line ends.
//
//   node examples/framing/length.mjs serve [PORT [HOST]]     sends back what comes, to many clients at once
//   node examples/framing/length.mjs send PORT MESSAGE...
//
// prints
//
//   127.0.0.1:49152: "hello"
import { createConnection, createServer, MSG_WAITALL } from 'berkeley'

const [command, port = '7777', ...rest] = process.argv.slice(2)
const MOST_BYTES = 1_000_000 // Four bytes may promise 4 GiB: nobody is to believe a stranger that.

/** @param {import('berkeley').Socket<number>} connection @param {Buffer} message */
async function sendMessage(connection, message) {
  const header = Buffer.alloc(4)
  header.writeUInt32BE(message.length)
  await connection.sendall(Buffer.concat([header, message])) // One call: nobody else's message comes between.
}

/** The messages that come, whatever pieces they come in. @param {import('berkeley').Socket<number>} connection */
async function* messagesOf(connection) {
  for (;;) {
    const header = await connection.recv(4, MSG_WAITALL) // Even four bytes may come in parts; fewer only at the end.
    if (header.length === 0) return
    if (header.length < 4) throw new Error('the connection ended within a length')
    const length = header.readUInt32BE()
    if (length > MOST_BYTES) throw new Error(`a message of ${length} bytes`)
    const message = await connection.recv(length, MSG_WAITALL)
    if (message.length < length) throw new Error('the connection ended within a message')
    yield message
  }
}

/** @param {import('berkeley').Socket<number>} connection @param {string} name */
async function serve(connection, name) {
  for await (const message of messagesOf(connection)) {
    console.log(`${name}: ${JSON.stringify(message.toString())}`)
    await sendMessage(connection, message)
  }
}

if (command === 'serve') {
  const server = createServer([rest[0] ?? '127.0.0.1', Number(port)])
  console.log(`listening on ${server.getsockname().join(':')}`)
  for await (const [connection, address] of server) {
    serve(connection, address.join(':'))
      .catch((error) => console.log(`${address.join(':')}: ${error.message}`))
      .finally(() => connection.close())
  }
} else if (command === 'send') {
  const connection = await createConnection(['127.0.0.1', Number(port)])
  const answers = messagesOf(connection)
  for (const message of rest) {
    await sendMessage(connection, Buffer.from(message))
    console.log(`${(await answers.next()).value ?? 'the server has closed the connection'}`)
  }
  connection.close()
} else throw new Error('usage: length.mjs serve [PORT [HOST]] | send PORT MESSAGE...')
