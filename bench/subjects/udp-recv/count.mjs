// What every receiver here does beside receiving: it counts, tells its count when a datagram of one byte asks for it, and
// waits at the gate for the next burst.
import { openSync, readSync } from 'node:fs'

let gate = null
let datagrams = 0
let bytes = 0

export const gro = process.argv[3] === 'gro'
export const batchSize = Number(process.argv[4])

// Whether the sender of a datagram of this length wants an answer.
export function counts(length, segmentSize = 0) {
  if (length === 1) return true
  datagrams += segmentSize > 0 ? Math.ceil(length / segmentSize) : 1
  bytes += length
  return false
}

export function takeCount() {
  const text = `${datagrams} ${bytes}`
  datagrams = bytes = 0
  return text
}

const byte = new Uint8Array(1)

export function waitAtGate() {
  gate ??= openSync(process.argv[2], 'r')
  if (readSync(gate, byte) === 0) process.exit()
}
