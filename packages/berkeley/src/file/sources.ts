// Where what is read comes from: buffered bytes, unbuffered bytes, or text that is made of buffered bytes.
import { wrongValue } from '../core/errors.ts'
import { recv, SCRATCH_SIZE } from '../ops/attempts.ts'
import { NOTHING, type Operation, READ, Request } from '../ops/request.ts'
import type { Steps } from '../ops/steps.ts'
import { MSG_PEEK } from '../sys/constants.ts'
import { native } from '../sys/native.ts'
import type { Decoder, Fault } from './decoding.ts'
import type { TakeText } from './lines.ts'
import type { Call, Wire } from './wire.ts'

export interface Source<Piece> {
  /**
   * The next piece, `null` at the end of the stream.
   *
   * @param wanted how much the caller lacks, as far as it knows, in bytes
   * @param isLine whether it wants no more than the next line
   */
  next(call: Call, wanted: number, isLine: boolean): Steps<Piece | null>
}

/** Asks for as much as the buffer holds, or more if that much is wanted anyway. How long a line is nobody knows. */
export class BufferedSource implements Source<Buffer> {
  readonly #wire: Wire
  readonly #buffering: number

  constructor(wire: Wire, buffering: number) {
    this.#wire = wire
    this.#buffering = buffering
  }

  *next(call: Call, wanted: number, isLine: boolean): Steps<Buffer | null> {
    const length = Math.min(SCRATCH_SIZE, Math.max(this.#buffering, isLine ? 1 : wanted))
    const piece = yield* this.#wire.perform(call, new Request(recv, NOTHING, length))
    return piece.length === 0 ? null : piece
  }
}

/** Takes from the socket what its caller wants and nothing beyond it: others may read on from there. */
export class UnbufferedSource implements Source<Buffer> {
  readonly #wire: Wire

  constructor(wire: Wire) {
    this.#wire = wire
  }

  *next(call: Call, wanted: number, isLine: boolean): Steps<Buffer | null> {
    const request = isLine
      ? new Request(recvLine, NOTHING, Math.min(wanted, LOOK_AHEAD))
      : new Request(recv, NOTHING, Math.min(wanted, SCRATCH_SIZE))
    const piece = yield* this.#wire.perform(call, request)
    return piece.length === 0 ? null : piece
  }
}

const LOOK_AHEAD = 4096
const LF = 0x0a
const seen = Buffer.allocUnsafeSlow(LOOK_AHEAD)

// Looks at what is there, and takes it up to the first line end. Python takes a byte at a time instead.
const recvLine: Operation<Buffer> = {
  name: 'recv',
  waits: READ,
  attempt(handle, request) {
    const count = native.recv(handle.fd, seen, 0, request.length, MSG_PEEK)
    if (count <= 0) return count
    const at = seen.subarray(0, count).indexOf(LF)
    return native.recv(handle.fd, seen, 0, at < 0 ? count : at + 1, 0)
  },
  result: (count) => Buffer.from(seen.subarray(0, count)),
}

/** Text out of bytes. */
export class TextSource implements Source<string> {
  readonly #bytes: Source<Buffer>
  readonly #decoder: Decoder
  readonly #takeText: TakeText
  readonly #encoding: string
  /** Found behind the text that was given last. */
  #fault: Fault | null = null
  /** What came after a fault. */
  #rest: Buffer | null = null

  constructor(bytes: Source<Buffer>, decoder: Decoder, takeText: TakeText, encoding: string) {
    this.#bytes = bytes
    this.#decoder = decoder
    this.#takeText = takeText
    this.#encoding = encoding
  }

  *next(call: Call, wanted: number, isLine: boolean): Steps<string | null> {
    if (this.#fault !== null) throw this.#report(call)
    const bytes = this.#rest ?? (yield* this.#bytes.next(call, wanted, isLine))
    this.#rest = null
    const isEnd = bytes === null
    const text = this.#takeText(this.#decoder.decode(bytes ?? NOTHING_MORE, isEnd), isEnd)
    this.#fault = this.#decoder.takeFault()
    return isEnd && text === '' && this.#fault === null ? null : text
  }

  #report(call: Call): RangeError {
    const { bytes, position, rest } = this.#fault!
    this.#fault = null
    if (rest.length > 0) this.#rest = rest
    const given = `0x${bytes.toString('hex', 0, 8)} at byte ${position} of the stream`
    return wrongValue(call.name, 'data', `text in ${this.#encoding}`, given)
  }
}

const NOTHING_MORE = Buffer.alloc(0)
