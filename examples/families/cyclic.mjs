// @ts-check
// Has the kernel send a frame again and again on a CAN bus, at an interval in seconds, and watch frames of another identifier:
// nothing runs here until their data change. Ctrl-C ends it.
//
//   node examples/families/cyclic.mjs vcan0 123#DEADBEEF 0.1 456
//   candump vcan0
//   cansend vcan0 456#CAFE
//
// prints
//
//   sending 123 every 0.1 s
//   456 is now CAFE
import {
  AF_CAN,
  CAN_BCM,
  CAN_BCM_RX_SETUP,
  CAN_BCM_SETTIMER,
  CAN_BCM_STARTTIMER,
  CAN_BCM_TX_SETUP,
  CAN_EFF_FLAG,
  SOCK_DGRAM,
  Socket,
} from 'berkeley'
import { bcmMessage } from 'berkeley/families'

const [bus, text, interval, watched] = process.argv.slice(2)
if (!bus || !text || !interval || !watched) {
  console.error('usage: cyclic.mjs INTERFACE ID#DATA SECONDS WATCHED_ID')
  process.exit(2)
}

/** @param {string} digits */
const identifier = (digits) => (Number.parseInt(digits, 16) | (digits.length > 3 ? CAN_EFF_FLAG : 0)) >>> 0

const manager = new Socket(AF_CAN, SOCK_DGRAM, CAN_BCM)
await manager.connect([bus])

const canId = identifier(watched)
const allBits = { id: canId, data: Buffer.alloc(8, 0xff) }
await manager.send(bcmMessage.encode({ opcode: CAN_BCM_RX_SETUP, canId, frames: [allBits] }))

const [digits = '', data = ''] = text.split('#')
const frame = { id: identifier(digits), data: Buffer.from(data, 'hex') }
const task = { flags: CAN_BCM_SETTIMER | CAN_BCM_STARTTIMER, ival2: Number(interval), frames: [frame] }
await manager.send(bcmMessage.encode({ opcode: CAN_BCM_TX_SETUP, canId: frame.id, ...task }))
console.log(`sending ${digits} every ${interval} s`)

process.stdout.on('error', () => process.exit()) // Who reads us, head perhaps, has enough.
for (;;) {
  const { frames } = bcmMessage.decode(await manager.recv(200))
  for (const { data } of frames) console.log(`${watched} is now ${data.toString('hex').toUpperCase()}`)
}
