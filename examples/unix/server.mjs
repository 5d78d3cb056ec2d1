// @ts-check
// The three types of Unix sockets. A stream carries bytes: what was sent in two pieces may come as one. A seqpacket is a
// connection that keeps the pieces apart. Datagrams are kept apart as well, and there is no connection.
//
//   node examples/unix/server.mjs stream|seqpacket|datagram PATH
//   node examples/unix/client.mjs stream|seqpacket|datagram PATH one two
//
// prints
//
//   received "one"
//   received "two"
import { unlinkSync } from 'node:fs'
import { AF_UNIX, ECONNREFUSED, OSError, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_STREAM, Socket } from 'berkeley'

const [kind = '', path = ''] = process.argv.slice(2)
/** @type {Record<string, number>} */
const types = { stream: SOCK_STREAM, seqpacket: SOCK_SEQPACKET, datagram: SOCK_DGRAM }
const type = types[kind]
if (type === undefined || path === '') throw new Error('usage: server.mjs stream|seqpacket|datagram PATH')

const socket = new Socket(AF_UNIX, type)
try {
  socket.bind(path)
} catch (error) {
  // A path stays when its server is killed. It may be taken away if nobody answers there.
  const isTaken = error instanceof OSError && error.code === 'EADDRINUSE'
  const visitor = new Socket(AF_UNIX, type)
  if (!isTaken || (await visitor.connectEx(path)) !== ECONNREFUSED) throw error
  visitor.close()
  unlinkSync(path)
  socket.bind(path)
}
process.on('exit', () => unlinkSync(path))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit())

/** @param {Socket<typeof AF_UNIX>} connection */
async function serve(connection) {
  for (;;) {
    const [data, sender] = await connection.recvfrom(65536)
    if (data.length === 0 && type !== SOCK_DGRAM) break // The end. An empty datagram is one like others.
    console.log(`received "${data}"`)
    const answer = `${data.length} bytes`
    if (type !== SOCK_DGRAM) await connection.sendall(answer)
    // A sender may have no name, to which one could answer, and may be gone.
    else if (sender) await connection.sendto(answer, sender).catch((error) => console.log(error.message))
  }
}

if (type !== SOCK_DGRAM) socket.listen()
console.log(`listening on ${path}`)
if (type === SOCK_DGRAM) await serve(socket)
for (;;) {
  const [connection] = await socket.accept()
  serve(connection)
    .catch((error) => console.log(error.message))
    .finally(() => connection.close())
}
