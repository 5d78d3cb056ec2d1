// @ts-check
// An echo server for many clients on one thread, with select: nothing but select ever waits. A client that does not read
// what it is sent is not read from either: what is to be sent to it does not grow.
//
//   node examples/nonblocking/select.mjs [PORT [HOST]]
//   echo "how are you" | node examples/echo/client.mjs
//
// prints
//
//   127.0.0.1:49152 sent 12 bytes
import { BlockingIOError, createServer, OSError } from 'berkeley/blocking'
import { select } from 'berkeley/blocking/select'

/** @typedef {import('berkeley/blocking').Socket} Socket */
const [port = '7777', host = '127.0.0.1'] = process.argv.slice(2)
const server = createServer([host, Number(port)])
console.log(`listening on ${server.getsockname().join(':')}`)

const clients = /** @type {Map<Socket, { name: string, total: number, toSend: Buffer }>} */ (new Map())

function accept() {
  const [connection, address] = server.accept()
  connection.setblocking(false)
  clients.set(connection, { name: address.join(':'), total: 0, toSend: Buffer.alloc(0) })
}

/** @param {Socket} connection */
function serve(connection) {
  const client = clients.get(connection)
  if (!client) return
  try {
    if (client.toSend.length === 0) {
      client.toSend = connection.recv(65536)
      if (client.toSend.length === 0) return leave(connection, `sent ${client.total} bytes`)
      client.total += client.toSend.length
    }
    client.toSend = client.toSend.subarray(connection.send(client.toSend)) // Perhaps a part only.
  } catch (error) {
    if (error instanceof BlockingIOError) return // Not now after all; select will tell.
    if (!(error instanceof OSError)) throw error
    leave(connection, error.message)
  }
}

/** @param {Socket} connection @param {string} why */
function leave(connection, why) {
  console.log(`${clients.get(connection)?.name} ${why}`)
  clients.delete(connection)
  connection.close()
}

for (;;) {
  const [full, empty] = [new Set(), new Set()]
  for (const [connection, { toSend }] of clients) (toSend.length > 0 ? full : empty).add(connection)
  const [readable, writable] = select([server, ...empty], full, [])
  for (const ready of [...readable, ...writable]) {
    if (ready === server) accept()
    else serve(ready)
  }
}
