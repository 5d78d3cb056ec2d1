// @ts-check
// Prints what is sent to an address on a J1939 bus, of lorries and tractors; and first sends a message, if one is given.
//
//   node examples/families/j1939.mjs vcan0 40 [20 12300 01020304]
//   testj1939 -s12 vcan0:0x20 vcan0:0x40,0x12300
//
// prints the parameter group, sender, destination, priority and data
//
//   12300 20 > 40 priority 6: 01 23 45 67 89 AB CD EF 01 23 45 67
import {
  AF_CAN,
  CAN_J1939,
  CMSG_SPACE,
  decodeAncillary,
  J1939_NO_NAME,
  J1939_NO_PGN,
  SO_BROADCAST,
  SOCK_DGRAM,
  SOL_SOCKET,
  Socket,
} from 'berkeley'

const [bus, own, to, group, message] = process.argv.slice(2)
if (!bus || !own) {
  console.error('usage: j1939.mjs INTERFACE ADDRESS [TO_ADDRESS PARAMETER_GROUP DATA]')
  process.exit(2)
}

/** @param {string} digits */
const number = (digits) => Number.parseInt(digits, 16)
/** @param {number} value */
const hex = (value) => value.toString(16).toUpperCase().padStart(2, '0')

const socket = new Socket(AF_CAN, SOCK_DGRAM, CAN_J1939)
socket.setsockopt(SOL_SOCKET, SO_BROADCAST, true)
socket.bind([bus, J1939_NO_NAME, J1939_NO_PGN, number(own)])
console.error(`listening on ${bus}`)
if (to && group && message) {
  await socket.sendto(Buffer.from(message, 'hex'), [bus, J1939_NO_NAME, number(group), number(to)])
}
process.stdout.on('error', () => process.exit()) // Who reads us, head perhaps, has enough.
for (;;) {
  const [data, ancdata, , address] = await socket.recvmsg(1785, 4 * CMSG_SPACE(8))
  const [, , pgn, sender] = /** @type {import('berkeley').J1939Address} */ (address)
  let [destination, priority] = ['all', 0]
  for (const control of decodeAncillary(ancdata)) {
    if (control.name === 'j1939DestAddr') destination = hex(control.value)
    if (control.name === 'j1939Prio') priority = control.value
  }
  const bytes = [...data].map(hex).join(' ')
  console.log(`${hex(pgn)} ${hex(sender)} > ${destination} priority ${priority}: ${bytes}`)
}
