// @ts-check
// Prints what is on a CAN bus, as candump does, and first sends a frame if one is given, as cansend does.
//
//   node examples/families/can.mjs vcan0 [123#DEADBEEF]
//
// prints
//
//   vcan0  123  [4]  DE AD BE EF
import {
  AF_CAN,
  CAN_EFF_FLAG,
  CAN_EFF_MASK,
  CAN_RAW,
  CAN_RAW_RECV_OWN_MSGS,
  SOCK_RAW,
  SOL_CAN_RAW,
  Socket,
} from 'berkeley'
import { canFrame } from 'berkeley/families'

const [bus, text] = process.argv.slice(2)
if (!bus) {
  console.error('usage: can.mjs INTERFACE [ID#DATA]')
  process.exit(2)
}

const socket = new Socket(AF_CAN, SOCK_RAW, CAN_RAW)
socket.setsockopt(SOL_CAN_RAW, CAN_RAW_RECV_OWN_MSGS, true)
socket.bind([bus])

if (text) {
  const [id = '', data = ''] = text.split('#')
  const extended = id.length > 3 ? CAN_EFF_FLAG : 0
  await socket.send(
    canFrame.encode({ id: Number.parseInt(id, 16) | extended, data: Buffer.from(data, 'hex') }),
  )
}
console.error(`listening on ${bus}`)
process.stdout.on('error', () => process.exit()) // Who reads us, head perhaps, has enough.
for (;;) {
  const [bytes, address] = await socket.recvfrom(16)
  const [from] = /** @type {readonly [string]} */ (address)
  const { id, data } = canFrame.decode(bytes)
  const name = (id & CAN_EFF_MASK)
    .toString(16)
    .toUpperCase()
    .padStart(id & CAN_EFF_FLAG ? 8 : 3, '0')
  const hex = data.toString('hex').toUpperCase().match(/../g)?.join(' ') ?? ''
  console.log(`${from}  ${name}  [${data.length}]  ${hex}`)
}
