// Bytes to send, and ways to send and to receive many of them.
import assert from 'node:assert/strict'
import { EAGAIN, IPPROTO_TCP, OSError, TCP_INFO, TCP_QUICKACK } from 'berkeley'
import type { AnySocket, World } from './worlds.ts'

const patterns = new Map<string, Buffer>()

/** Bytes in which every stretch tells its place, so that nothing can be lost, doubled or moved unnoticed. Not to be changed. */
export function pattern(length: number, seed = 1): Buffer {
  const key = `${length} ${seed}`
  const bytes = patterns.get(key) ?? makePattern(length, seed)
  patterns.set(key, bytes)
  return bytes
}

function makePattern(length: number, seed: number): Buffer {
  const words = new Uint32Array(Math.ceil(length / 4))
  let word = seed
  for (let i = 0; i < words.length; i++) {
    word = (Math.imul(word, 1664525) + 1013904223) | 0
    words[i] = word
  }
  return Buffer.from(words.buffer, 0, length)
}

/** Performs calls that must not wait, and gives the socket its time limit back. */
async function withoutWaiting<Value>(socket: AnySocket, body: () => Promise<Value>): Promise<Value> {
  const { timeout } = socket
  socket.settimeout(0)
  try {
    return await body()
  } finally {
    socket.settimeout(timeout)
  }
}

function mustBeEagain(error: unknown): void {
  if (!(error instanceof OSError) || error.errno !== EAGAIN) throw error
}

/** Sends until there is no room, and none will come by itself; returns how many bytes were taken. */
export function fill(world: World, sender: AnySocket, receiver: AnySocket, size = 65536): Promise<number> {
  const block = Buffer.alloc(size)
  return withoutWaiting(sender, async () => {
    for (let total = 0; ; ) {
      const settled = isSettled(world, sender, receiver)
      try {
        total += await world.call(sender, 'send', block)
      } catch (error) {
        mustBeEagain(error)
        if (settled) return total
        await new Promise(setImmediate)
      }
    }
  })
}

// Of TCP, only when all that was sent has been acknowledged and no more of it can be sent. Acknowledging may take its time,
// if it is not asked for.
function isSettled({ can }: World, sender: AnySocket, receiver: AnySocket): boolean {
  if (!can.internet) return true
  receiver.setsockopt(IPPROTO_TCP, TCP_QUICKACK, true)
  const info = sender.getsockopt(IPPROTO_TCP, TCP_INFO, 256)
  const [segmentSize, unacknowledged, window] = TCPI_SND_MSS_UNACKED_SND_WND.map((at) =>
    info.readUInt32LE(at),
  )
  return unacknowledged === 0 && window! < segmentSize!
}

/** Where these fields are in struct tcp_info. */
const TCPI_SND_MSS_UNACKED_SND_WND = [16, 24, 228] as const

/** The event loop has polled once more: no event of what happened so far is still to come. */
export async function everybodyIsTold(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate)
}

/** Receives what is there, without waiting; returns how many bytes it was. */
export function drain(world: World, socket: AnySocket): Promise<number> {
  return withoutWaiting(socket, async () => {
    for (let total = 0; ; ) {
      try {
        const { length } = await world.call(socket, 'recv', 65536)
        if (length === 0) return total
        total += length
      } catch (error) {
        mustBeEagain(error)
        return total
      }
    }
  })
}

/** Receives exactly this many bytes, in as many pieces as they come in. */
export async function receive(world: World, socket: AnySocket, length: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  for (let missing = length; missing > 0; ) {
    const piece = await world.call(socket, 'recv', Math.min(missing, 1024 * 1024))
    assert.notEqual(piece.length, 0, `the stream ended ${missing} bytes early`)
    pieces.push(piece)
    missing -= piece.length
  }
  return Buffer.concat(pieces, length)
}

/** As assert.deepEqual for long buffers, with a short message. */
export function assertSameBytes(actual: Uint8Array, expected: Uint8Array): void {
  assert.equal(actual.length, expected.length)
  assert.equal(Buffer.compare(actual, expected), 0, 'the bytes differ')
}

/** Nothing can be received now. */
export async function assertNothingToReceive(world: World, socket: AnySocket): Promise<void> {
  await withoutWaiting(socket, () => assert.rejects(world.call(socket, 'recv', 1), { code: 'EAGAIN' }))
}
