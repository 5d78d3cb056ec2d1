// @ts-check
// Sends messages to a Unix socket of any type, each with a call of its own, and prints the answers.
//
//   node examples/unix/client.mjs stream|seqpacket|datagram PATH MESSAGE...
//
// prints, over a seqpacket or by datagrams (over a stream it may be `6 bytes` as well),
//
//   3 bytes
//   3 bytes
import { AF_UNIX, SHUT_WR, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_STREAM, Socket } from 'berkeley/blocking'

const [kind = '', path = '', ...messages] = process.argv.slice(2)
/** @type {Record<string, number>} */
const types = { stream: SOCK_STREAM, seqpacket: SOCK_SEQPACKET, datagram: SOCK_DGRAM }
const type = types[kind]
if (type === undefined || path === '') {
  console.error('usage: client.mjs stream|seqpacket|datagram PATH MESSAGE...')
  process.exit(2)
}

const socket = new Socket(AF_UNIX, type)
socket.settimeout(10)
if (type === SOCK_DGRAM) socket.bind('') // The kernel chooses a name: without one we could not be answered.
socket.connect(path)
for (const message of messages) socket.sendall(message)

if (type === SOCK_DGRAM) {
  for (const _ of messages) console.log(socket.recv(65536).toString())
} else {
  socket.shutdown(SHUT_WR) // That was all; now the server ends when it has answered.
  for (let answer = socket.recv(65536); answer.length > 0; answer = socket.recv(65536)) {
    console.log(answer.toString())
  }
}
socket.close()
