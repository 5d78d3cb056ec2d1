// A name server on 127.0.0.1: `answering` knows the names below, `silent` takes every question and says nothing.
// Ends when its standard input does.
import { createSocket } from 'node:dgram'

const A = 1
const CNAME = 5
const PTR = 12
const AAAA = 28

const NXDOMAIN = 3
const SERVFAIL = 2
const REFUSED = 5

type Record = readonly [type: number, data: Buffer]

const v4 = (...bytes: number[]): Record => [A, Buffer.from(bytes)]
const v6 = (last: number): Record => [
  AAAA,
  Buffer.from(`20010db80000000000000000000000${last.toString(16).padStart(2, '0')}`, 'hex'),
]

const zone = new Map<string, readonly Record[] | number>([
  ['host.example', [v4(192, 0, 2, 1), v4(192, 0, 2, 2), v6(1)]],
  ['alias.example', [[CNAME, encodeName('host.example')]]],
  ['v4.example', [v4(192, 0, 2, 4)]],
  ['v6.example', [v6(6)]],
  ['many.example', Array.from({ length: 28 }, (_, i) => v4(198, 51, 100, i))],
  ['empty.example', []],
  ['xn--bcher-kva.example', [v4(192, 0, 2, 3)]],
  ['failing.example', SERVFAIL],
  ['refused.example', REFUSED],
  ['1.2.0.192.in-addr.arpa', [[PTR, encodeName('host.example')]]],
  ['4.2.0.192.in-addr.arpa', [[PTR, encodeName('single')]]],
  [`1.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`, [[PTR, encodeName('host.example')]]],
  ['9.2.0.192.in-addr.arpa', SERVFAIL],
])

function encodeName(name: string): Buffer {
  return Buffer.concat([
    ...name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.alloc(1),
  ])
}

function readName(message: Buffer, at: number): [name: string, end: number] {
  const labels: string[] = []
  while (message[at] !== 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + message[at]!))
    at += 1 + message[at]!
  }
  return [labels.join('.').toLowerCase(), at + 1]
}

function encodeRecord(name: string, [type, data]: Record): Buffer {
  const head = Buffer.alloc(10)
  head.writeUInt16BE(type, 0)
  head.writeUInt16BE(1, 2) // IN
  head.writeUInt16BE(data.length, 8)
  return Buffer.concat([encodeName(name), head, data])
}

/** The records of that type; those of the target as well, if the name is an alias. */
function find(name: string, type: number): Buffer[] {
  const records = zone.get(name)
  if (!Array.isArray(records)) return []
  const alias = (records as Record[]).find(([kind]) => kind === CNAME)
  if (alias) return [encodeRecord(name, alias), ...find(readName(alias[1], 0)[0], type)]
  return (records as Record[]).filter(([kind]) => kind === type).map((record) => encodeRecord(name, record))
}

function answer(question: Buffer): Buffer {
  const [name, end] = readName(question, 12)
  const known = zone.get(name)
  const records = find(name, question.readUInt16BE(end))
  const head = Buffer.from(question.subarray(0, 12))
  head.writeUInt16BE(0x8180 | (known === undefined ? NXDOMAIN : typeof known === 'number' ? known : 0), 2)
  head.writeUInt16BE(records.length, 6)
  head.fill(0, 8)
  return Buffer.concat([head, question.subarray(12, end + 4), ...records])
}

const socket = createSocket('udp4')
if (process.argv[2] === 'answering') {
  socket.on('message', (question, { port, address }) => socket.send(answer(question), port, address))
}
socket.bind(53, '127.0.0.1', () => console.log('ready'))
process.stdin.on('end', () => process.exit()).resume()
