// @ts-check
// Tells which services come and go on the processors of a Qualcomm system, which speak by AF_QIPCRTR: what `qrtr-lookup` does.
//
//   node examples/families/lookup.mjs [SERVICE]
//
// prints
//
//   service 4711, instance 7: at 1:16385
//   service 4711, instance 7: gone from 1:16385
import { AF_QIPCRTR, QRTR_PORT_CTRL, SOCK_DGRAM, Socket } from 'berkeley'

// struct qrtr_ctrl_pkt, of <linux/qrtr.h>: five numbers, a command and what it is about, little-endian.
const [NEW_SERVER, DEL_SERVER, NEW_LOOKUP] = [4, 5, 10]
const [service = '0'] = process.argv.slice(2) // 0: all of them
if (!/^\d+$/.test(service)) {
  console.error('usage: lookup.mjs [SERVICE]')
  process.exit(2)
}

const question = new DataView(new ArrayBuffer(20))
question.setUint32(0, NEW_LOOKUP, true)
question.setUint32(4, Number(service), true)

const socket = new Socket(AF_QIPCRTR, SOCK_DGRAM)
const [own] = socket.getsockname()
await socket.sendto(question, [own, QRTR_PORT_CTRL])
console.error(`listening on ${own}`)
process.stdout.on('error', () => process.exit()) // Who reads us, head perhaps, has enough.
for (;;) {
  const answer = await socket.recv(20)
  const [command, service, instance, node, port] = [0, 4, 8, 12, 16].map((at) => answer.readUInt32LE(at))
  if (service === 0) continue // It ends the list of those that were there already.
  if (command === NEW_SERVER) console.log(`service ${service}, instance ${instance}: at ${node}:${port}`)
  if (command === DEL_SERVER)
    console.log(`service ${service}, instance ${instance}: gone from ${node}:${port}`)
}
