// What everybody writes with node:net to send a file to whoever connects.
import { createReadStream } from 'node:fs'
import { createServer } from 'node:net'
import { pipeline } from 'node:stream'

const server = createServer((connection) => {
  pipeline(createReadStream(process.argv[2]), connection, () => {}) // If the peer is gone, that is all.
})
server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () =>
  console.log(`PORT ${server.address().port}`),
)
