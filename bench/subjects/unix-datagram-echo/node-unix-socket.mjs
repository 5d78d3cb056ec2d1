// node-unix-socket, an addon for Node: an echo server for Unix datagrams.
import addon from '../../peers/node-unix-socket/node_modules/node-unix-socket/js/index.js'

const socket = new addon.DgramSocket()
socket.on('data', (data, path) => socket.sendTo(data, 0, data.length, path))
socket.bind(process.argv[2])
console.log(`PORT ${process.argv[2]}`)
