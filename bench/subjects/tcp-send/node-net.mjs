// node:net: 64 KiB at a time, as long as the socket takes more.
import { createServer } from 'node:net'
import { block, blocks } from './block.mjs'

const server = createServer((connection) => {
  let written = 0
  const more = () => {
    while (written < blocks) {
      written++
      if (!connection.write(block)) break
    }
    if (written === blocks) connection.end()
    else connection.once('drain', more)
  }
  connection.on('error', () => connection.destroy())
  more()
})
server.listen({ host: '127.0.0.1', port: 0 }, () => console.log(`PORT ${server.address().port}`))
