// @ts-check
// An echo server for many clients on one thread, with epoll, told changes only (EPOLLET): each client is registered once,
// for both directions, and who was told goes on until the kernel says "not now". The clients take turns meanwhile.
//
//   node examples/nonblocking/epoll.mjs [PORT [HOST]]
//
// prints
//
//   127.0.0.1:49152 sent 12 bytes
import { BlockingIOError, createServer, OSError } from 'berkeley/blocking'
import { EPOLLET, EPOLLIN, EPOLLOUT, epoll } from 'berkeley/blocking/select'

const [port = '7777', host = '127.0.0.1'] = process.argv.slice(2)
const poller = epoll()
const server = createServer([host, Number(port)])
poller.register(server, EPOLLIN) // Without EPOLLET: told as long as somebody waits to be accepted.
console.log(`listening on ${server.getsockname().join(':')}`)
/** @typedef {{ connection: import('berkeley/blocking').Socket, name: string, total: number, toSend: Buffer }} Client */
const clients = /** @type {Map<number, Client>} */ (new Map()) // By descriptor, which is what epoll tells.
const ready = /** @type {Set<Client>} */ (new Set()) // Those who were not told "not now" yet.

function accept() {
  const [connection, address] = server.accept()
  connection.setblocking(false)
  clients.set(connection.fileno(), { connection, name: address.join(':'), total: 0, toSend: Buffer.alloc(0) })
  poller.register(connection, EPOLLIN | EPOLLOUT | EPOLLET)
}

/** One turn: receives something if there is nothing to send, and sends. @param {Client} client */
function serve(client) {
  try {
    if (client.toSend.length === 0) {
      client.toSend = client.connection.recv(65536)
      if (client.toSend.length === 0) return leave(client, `sent ${client.total} bytes`)
      client.total += client.toSend.length
    }
    client.toSend = client.toSend.subarray(client.connection.send(client.toSend)) // Perhaps a part only.
  } catch (error) {
    if (!(error instanceof OSError)) throw error
    if (error instanceof BlockingIOError) ready.delete(client)
    else leave(client, error.message)
  }
}

/** @param {Client} client @param {string} why */
function leave(client, why) {
  console.log(`${client.name} ${why}`)
  ready.delete(client)
  clients.delete(client.connection.fileno())
  client.connection.close() // epoll forgets what is closed.
}

for (;;) {
  for (const [fd] of poller.poll(ready.size > 0 ? 0 : null)) {
    const client = clients.get(fd)
    if (client) ready.add(client)
    else accept()
  }
  for (const client of ready) serve(client)
}
