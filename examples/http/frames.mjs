// @ts-check
// The frames of WebSockets (RFC 6455, section 5), a module of websocket.mjs: two bytes with type and length, a longer length
// if need be, four bytes that what comes from a client is masked with, and the payload.
/** @typedef {import('berkeley').SocketFile<'async', 'rb'>} File */
/** @typedef {{ type: number, payload: Uint8Array }} Message */
export const [CONTINUATION, TEXT, BYTES, CLOSE, PING, PONG] = [0, 1, 2, 8, 9, 10] // Types of frames.
export const [NORMAL, PROTOCOL_ERROR, NO_TEXT, TOO_LARGE] = [1000, 1002, 1007, 1009] // Why one closes.
const MOST_BYTES = 1_000_000

/** What a client must not do. */
export class Refusal extends Error {
  constructor(status = PROTOCOL_ERROR) {
    super(`WebSocket closed with status ${status}`)
    this.status = status
  }
}

/** @param {File} file @param {number} size */
async function readExactly(file, size) {
  const bytes = await file.read(size)
  if (bytes.length < size) throw new Refusal() // It ended without closing.
  return bytes
}

/** The next frame of a client, where a message has begun or not. @param {File} file @param {Message | null} begun */
async function readFrame(file, begun) {
  const [first = 0, second = 0] = await readExactly(file, 2)
  const [isLast, type, isMasked, size] = [first > 0x7f, first & 0x7f, second > 0x7f, second & 0x7f]
  const isControl = [CLOSE, PING, PONG].includes(type) && isLast && size < 126
  const isNext = begun ? type === CONTINUATION : type === TEXT || type === BYTES // A reserved bit makes it neither.
  if (!isMasked || !(isControl || isNext)) throw new Refusal()
  let length = size
  if (size === 126) length = (await readExactly(file, 2)).readUInt16BE()
  if (size === 127) length = Number((await readExactly(file, 8)).readBigUInt64BE())
  if (length + (begun?.payload.length ?? 0) > MOST_BYTES) throw new Refusal(TOO_LARGE)
  const mask = await readExactly(file, 4)
  const payload = (await readExactly(file, length)).map((byte, i) => byte ^ (mask[i % 4] ?? 0))
  return { type, isLast, isControl, payload }
}

/** Whole messages; and control frames, which may come between the parts of one. @param {File} file */
export async function* readMessages(file) {
  for (let begun = /** @type {Message | null} */ (null); ; ) {
    const { isLast, isControl, ...part } = await readFrame(file, begun)
    const all =
      begun && !isControl ? { ...begun, payload: Buffer.concat([begun.payload, part.payload]) } : part
    if (isLast) yield all
    if (!isControl) begun = isLast ? null : all
  }
}

/** A frame as a server sends it: a whole message, not masked. @param {number} type @param {Uint8Array} payload */
export function frame(type, payload) {
  const { length } = payload
  const header = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10)
  header[0] = 0x80 | type
  header[1] = length < 126 ? length : length < 65_536 ? 126 : 127
  if (header.length > 2) header.writeUIntBE(length, length < 65_536 ? 2 : 4, length < 65_536 ? 2 : 6)
  return Buffer.concat([header, payload])
}
