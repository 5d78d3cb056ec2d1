// What every sender here does beside sending: it waits at the gate, and says when a burst is out.
import { openSync, readSync } from 'node:fs'

const [path, ...numbers] = process.argv.slice(2)
const [dataPort, controlPort, size, burst, segments, batchSize] = numbers.map(Number)
const gate = openSync(path, 'r')
const byte = new Uint8Array(1)

export const to = ['127.0.0.1', dataPort]
export const control = ['127.0.0.1', controlPort]
export const payload = Buffer.alloc(size, 'x')
export { batchSize, burst, segments, size }

export async function everyBurst(sendBurst, sendEnd) {
  while (readSync(gate, byte) === 1) {
    await sendBurst()
    await sendEnd()
  }
}
