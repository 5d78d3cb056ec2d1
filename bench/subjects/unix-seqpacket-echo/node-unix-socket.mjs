// node-unix-socket, an addon for Node: an echo server over Unix sockets for packets.
import addon from '../../peers/node-unix-socket/node_modules/node-unix-socket/js/index.js'

const server = new addon.SeqpacketServer()
server.on('connection', (connection) => {
  connection.on('data', (data) => connection.write(data, 0, data.length))
  connection.on('error', () => connection.destroy())
  connection.on('end', () => connection.end())
})
server.listen(process.argv[2], 4096)
console.log(`PORT ${process.argv[2]}`)
