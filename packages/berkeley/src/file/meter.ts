// How much goes through the files of one connection, and the most that may come: for servers, whose peers are strangers.
// Rule: a bound is an error of the operation that meets it. What has come stays in the backlog, but no more is taken.
import { tooMuch } from '../core/errors.ts'
import { sendall } from '../ops/attempts.ts'
import { Request } from '../ops/request.ts'
import type { Steps } from '../ops/steps.ts'
import { ALL, type Call } from './call.ts'
import { lineEndInBytes } from './lines.ts'
import { ByteReader } from './reader.ts'
import type { Source } from './sources.ts'
import { LATER } from './turns.ts'
import type { Wire } from './wire.ts'
import type { Writer } from './writer.ts'

/** What one connection moved, and what it may. */
export class Meter {
  /** Bytes that came through a file. */
  received = 0
  /** Bytes that were given to a file. */
  sent = 0
  /** The most bytes of a line, its end included. */
  maxLine: number = ALL
  /** The most bytes that may come altogether. */
  maxTotal: number = ALL
}

/** Reads no more than its meter allows. Everything comes through the backlog, where it is counted. */
export class MeteredReader extends ByteReader {
  readonly #meter: Meter

  constructor(wire: Wire, buffering: number, source: Source<Buffer>, meter: Meter) {
    super(wire, buffering, source, lineEndInBytes)
    this.#meter = meter
  }

  override readlineNow(limit: number): Buffer | typeof LATER {
    const { maxLine } = this.#meter
    const line = super.readlineNow(Math.min(limit, maxLine + 1))
    if (line === LATER || line.length <= maxLine) return line
    this.backlog.putBack([line])
    throw tooMuch('readline', `a line of more than ${maxLine} bytes`)
  }

  override *readInto(call: Call, target: Uint8Array): Steps<number> {
    const piece = yield* this.read(call, target.length)
    target.set(piece)
    return piece.length
  }

  override *read1(call: Call, size: number): Steps<Buffer> {
    if (size > 0 && this.backlog.size === 0) yield* this.fill(call, 1)
    return this.backlog.take(Math.min(size, this.backlog.size))
  }

  protected override take(result: unknown): boolean {
    const meter = this.#meter
    const hasMore = super.take(result)
    meter.received += (result as Buffer).length
    if (meter.received > meter.maxTotal) throw tooMuch('read', `more than ${meter.maxTotal} bytes`)
    return hasMore
  }
}

/** Sends all of what `write` is given at once: Python's `_SocketWriter`. */
export class WholeWriter implements Writer {
  readonly #wire: Wire
  readonly isEmpty = true

  constructor(wire: Wire) {
    this.#wire = wire
  }

  writeNow(): boolean {
    return false
  }

  *write(call: Call, data: Buffer): Steps<number> {
    yield this.#wire.step(call, new Request(sendall, data, data.length))
    return data.length
  }

  *flush(): Steps<void> {}
}
