// @ts-check
// A time server over UDP, by hand: whatever comes, the answer is the time. There are no connections: one socket serves all,
// and a datagram is lost or comes whole.
//
//   node examples/time/server.mjs [PORT [HOST]]
//   node examples/time/client.mjs
//
// prints
//
//   listening on 127.0.0.1:7777
//   told 127.0.0.1:49152
import { AF_INET, OSError, SOCK_DGRAM, Socket } from 'berkeley'

const [port = '7777', host = '127.0.0.1'] = process.argv.slice(2)

const socket = new Socket(AF_INET, SOCK_DGRAM)
socket.bind([host, Number(port)])
console.log(`listening on ${socket.getsockname().join(':')}`)
for (;;) {
  const [, client] = await socket.recvfrom(1024) // What does not fit is lost: we do not care what is asked.
  try {
    await socket.sendto(new Date().toISOString(), client)
    console.log(`told ${client.join(':')}`)
  } catch (error) {
    // Anybody can send us a datagram from an address that cannot be answered.
    if (!(error instanceof OSError)) throw error
    console.log(`${client.join(':')}: ${error.message}`)
  }
}
