// Where what is read comes from: buffered bytes, unbuffered bytes, or text that is made of buffered bytes.
import { wrongValue } from '../core/errors.ts'
import { recv } from '../ops/attempts.ts'
import { SCRATCH_SIZE } from '../ops/memory.ts'
import { NOTHING, type Operation, operation, READ, Request } from '../ops/request.ts'
import { MSG_PEEK } from '../sys/constants.ts'
import { native } from '../sys/native.ts'
import { Backlog } from './backlog.ts'
import type { Decoder, Fault } from './decoding.ts'
import type { TakeText } from './lines.ts'
import { bytes, text } from './pieces.ts'

export interface Source<Piece extends Buffer | string> {
  /** What has come and was not taken yet. */
  readonly backlog: Backlog<Piece>
  /**
   * The operation that brings more.
   *
   * @param name the method that wants it, for errors
   * @param wanted how much it lacks, as far as it knows, in bytes
   * @param isLine whether it wants no more than the next line
   */
  request(name: string, wanted: number, isLine: boolean): Request<Buffer>
  /** Takes what the operation brought; `false` if that was the end of the stream. */
  take(data: Buffer): boolean
}

/** Asks for as much as the buffer holds, or more if that much is wanted anyway. How long a line is nobody knows. */
function bufferedRequest(buffering: number, wanted: number, isLine: boolean): Request<Buffer> {
  return new Request(recv, NOTHING, Math.min(SCRATCH_SIZE, Math.max(buffering, isLine ? 1 : wanted)))
}

/**
 * Bytes. Without a buffer it takes from the socket what its caller wants and nothing beyond it: others may read on from
 * there.
 */
export class ByteSource implements Source<Buffer> {
  readonly backlog = new Backlog<Buffer>(bytes)
  readonly #buffering: number

  constructor(buffering: number) {
    this.#buffering = buffering
  }

  request(_name: string, wanted: number, isLine: boolean): Request<Buffer> {
    if (this.#buffering > 0) return bufferedRequest(this.#buffering, wanted, isLine)
    if (isLine) return new Request(recvLine, NOTHING, Math.min(wanted, LOOK_AHEAD))
    return new Request(recv, NOTHING, Math.min(wanted, SCRATCH_SIZE))
  }

  take(data: Buffer): boolean {
    this.backlog.push(data)
    return data.length > 0
  }
}

const LOOK_AHEAD = 4096
const LF = 0x0a
const seen = Buffer.allocUnsafeSlow(LOOK_AHEAD)

// Looks at what is there, and takes it up to the first line end. Python takes a byte at a time instead.
const recvLine: Operation<Buffer> = operation({
  name: 'recv',
  waits: READ,
  attempt(handle, request) {
    const count = native.recv(handle.fd, seen, 0, request.length, MSG_PEEK)
    if (count <= 0) return count
    const at = seen.subarray(0, count).indexOf(LF)
    return native.recv(handle.fd, seen, 0, at < 0 ? count : at + 1, 0)
  },
  result: (count) => Buffer.from(seen.subarray(0, count)),
})

/** Text out of bytes. */
export class TextSource implements Source<string> {
  readonly backlog = new Backlog<string>(text)
  readonly #buffering: number
  readonly #decoder: Decoder
  readonly #takeText: TakeText
  readonly #encoding: string
  /** Found behind the last text of the backlog. */
  #fault: Fault | null = null

  constructor(buffering: number, decoder: Decoder, takeText: TakeText, encoding: string) {
    this.#buffering = buffering
    this.#decoder = decoder
    this.#takeText = takeText
    this.#encoding = encoding
  }

  request(name: string, wanted: number, isLine: boolean): Request<Buffer> {
    if (this.#fault !== null) throw this.#skipFault(name, this.#fault)
    return bufferedRequest(this.#buffering, wanted, isLine)
  }

  take(data: Buffer): boolean {
    const isEnd = data.length === 0
    const came = this.#takeText(this.#decoder.decode(data, isEnd), isEnd)
    this.backlog.push(came)
    this.#fault = this.#decoder.takeFault()
    return !isEnd || came !== '' || this.#fault !== null
  }

  #skipFault(name: string, { bytes, position, rest }: Fault): RangeError {
    this.#fault = null
    if (rest.length > 0) this.take(rest)
    const given = `0x${bytes.toString('hex', 0, 8)} at byte ${position} of the stream`
    return wrongValue(name, 'data', `text in ${this.#encoding}`, given)
  }
}
