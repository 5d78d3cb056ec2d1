// A name server that knows every name, at 10.1.2.3, and takes its time to say so.
import { createSocket } from 'node:dgram'

const DELAY = 50 // milliseconds
const HEADER = 12
const A = 1
const answer = Buffer.from([0xc0, HEADER, 0, A, 0, 1, 0, 0, 0, 60, 0, 4, 10, 1, 2, 3])

function reply(query) {
  let end = HEADER
  while (query[end] !== 0) end += query[end] + 1
  const question = query.subarray(0, end + 5)
  const known = query.readUInt16BE(end + 1) === A
  const header = Buffer.from([query[0], query[1], 0x81, 0x80, 0, 1, 0, known ? 1 : 0, 0, 0, 0, 0])
  return Buffer.concat([header, question.subarray(HEADER), ...(known ? [answer] : [])])
}

const socket = createSocket('udp4')
socket.on('message', (query, { port, address }) => {
  setTimeout(() => socket.send(reply(query), port, address), DELAY)
})
socket.bind(53, '127.0.0.1', () => console.log('READY'))
