// @ts-check
// Prints what this machine and a Bluetooth controller tell each other: commands, and the events that answer them.
//
//   node examples/families/hci.mjs 0
//   hcitool -i hci0 cmd 0x04 0x0009
//
// prints
//
//   > command 04 0009: 0 bytes
//   < event 0E: 01 09 10 00 00 00 00 01 AA 00
import { AF_BLUETOOTH, BTPROTO_HCI, HCI_FILTER, SOCK_RAW, SOL_HCI, Socket } from 'berkeley'
import { hciFilter } from 'berkeley/families'

const device = Number(process.argv[2])
if (!Number.isInteger(device)) {
  console.error('usage: hci.mjs NUMBER_OF_CONTROLLER')
  process.exit(2)
}

const [COMMAND, EVENT] = [1, 4]
/** @param {number} value @param {number} digits */
const hex = (value, digits = 2) => value.toString(16).toUpperCase().padStart(digits, '0')

const socket = new Socket(AF_BLUETOOTH, SOCK_RAW, BTPROTO_HCI)
const typeMask = (1 << COMMAND) | (1 << EVENT)
socket.setsockopt(SOL_HCI, HCI_FILTER, hciFilter.encode({ typeMask, eventMask: 2n ** 64n - 1n }))
socket.bind(device)
console.error(`listening on hci${device}`)
process.stdout.on('error', () => process.exit()) // Who reads us, head perhaps, has enough.
for (;;) {
  const packet = await socket.recv(260)
  const bytes = (/** @type {number} */ from) => [...packet.subarray(from)].map((byte) => hex(byte)).join(' ')
  if (packet[0] === COMMAND) {
    const opcode = packet.readUInt16LE(1)
    console.log(`> command ${hex(opcode >> 10)} ${hex(opcode & 0x3ff, 4)}: ${packet.length - 4} bytes`)
  } else {
    console.log(`< event ${hex(packet[1] ?? 0)}: ${bytes(3)}`)
  }
}
