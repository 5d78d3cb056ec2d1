// @ts-check
// Sends a message of any length over a CAN bus by ISO-TP, as testers of cars do, and prints what comes back.
//
//   node examples/families/isotp.mjs vcan0 7E8 7E0 [22F190]
//
// receives from 7E8 and sends to 7E0. The other side, here with can-utils:
//
//   isotprecv -s 7E8 -d 7E0 vcan0
//   echo 62 F1 90 57 30 4C 30 30 30 30 34 33 | isotpsend -s 7E8 -d 7E0 vcan0
//
// prints
//
//   62 F1 90 57 30 4C 30 30 30 30 34 33
import { AF_CAN, CAN_EFF_FLAG, CAN_ISOTP, SOCK_DGRAM, Socket } from 'berkeley'

const [bus, from, to, message] = process.argv.slice(2)
if (!bus || !from || !to) {
  console.error('usage: isotp.mjs INTERFACE FROM_ID TO_ID [MESSAGE]')
  process.exit(2)
}

/** @param {string} digits */
const identifier = (digits) => (Number.parseInt(digits, 16) | (digits.length > 3 ? CAN_EFF_FLAG : 0)) >>> 0

const socket = new Socket(AF_CAN, SOCK_DGRAM, CAN_ISOTP)
socket.bind([bus, identifier(from), identifier(to)])
console.error(`listening on ${bus}`)
if (message) await socket.send(Buffer.from(message, 'hex'))
process.stdout.on('error', () => process.exit()) // Who reads us, head perhaps, has enough.
for (;;) {
  const received = await socket.recv(4095)
  console.log(received.toString('hex').toUpperCase().match(/../g)?.join(' '))
}
