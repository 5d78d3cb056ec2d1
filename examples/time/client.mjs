// @ts-check
// Asks a time server over UDP, by calls that block. Datagrams may be lost, both ways: who asks waits a second, and asks
// again.
//
//   node examples/time/client.mjs [PORT [HOST]]
//
// prints
//
//   2026-09-01T12:00:00.000Z
import { AF_INET, SOCK_DGRAM, Socket, TimeoutError } from 'berkeley/blocking'

const [port = '7777', host = '127.0.0.1'] = process.argv.slice(2)
const TRIES = 5

const socket = new Socket(AF_INET, SOCK_DGRAM)
socket.settimeout(1)
socket.connect([host, Number(port)]) // Sends nothing. But now we hear only this server, and that there is none.

/** The answer; null if none came. */
function ask() {
  try {
    socket.send('what time is it?')
    return socket.recv(1024).toString()
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error
    console.error('no answer yet')
    return null
  }
}

let answer = ask()
for (let tries = 1; answer === null && tries < TRIES; tries++) answer = ask()
socket.close()
if (answer === null) throw new Error(`no answer to ${TRIES} questions`)
console.log(answer)
