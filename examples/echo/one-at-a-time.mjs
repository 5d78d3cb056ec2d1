// @ts-check
// An echo server for one client at a time, with calls that block: accept, receive, send back, until the client has sent
// all. Whoever comes meanwhile waits in the backlog. Ctrl-C ends it at any time, as it would a program in C.
//
//   node examples/echo/one-at-a-time.mjs [PORT [HOST]]
//   echo "how are you" | node examples/echo/client.mjs
//
// prints
//
//   listening on 127.0.0.1:7777
//   127.0.0.1:49152 sent 12 bytes
import { createServer, OSError } from 'berkeley/blocking'

const [port = '7777', host = '127.0.0.1'] = process.argv.slice(2)

const server = createServer([host, Number(port)])
console.log(`listening on ${server.getsockname().join(':')}`)

for (;;) {
  const [connection, address] = server.accept()
  const name = address.join(':')
  try {
    let total = 0
    for (;;) {
      const data = connection.recv(65536) // What has come, be it a part of what was sent or more than one piece.
      if (data.length === 0) break // The end: no more will come, but the client still listens.
      connection.sendall(data)
      total += data.length
    }
    console.log(`${name} sent ${total} bytes`)
  } catch (error) {
    // A client may go at any time, without a word; the next is served all the same.
    if (!(error instanceof OSError)) throw error
    console.log(`${name}: ${error.message}`)
  } finally {
    connection.close()
  }
}
