// Writing to a file: into the backlog, and from there to the socket.
// Rule: what `write` took is never lost. When sending fails, the rest stays in the backlog for the next `flush`.
import { send, sendall } from '../ops/attempts.ts'
import { Request } from '../ops/request.ts'
import type { Steps } from '../ops/steps.ts'
import { Backlog } from './backlog.ts'
import type { Call } from './call.ts'
import { bytes } from './pieces.ts'
import type { Wire } from './wire.ts'

export interface Writer {
  /** Whether everything is sent. */
  readonly isEmpty: boolean
  /** Takes the data, if that needs no sending. */
  writeNow(data: Buffer): boolean
  /** Takes the data; how much of it. `flushes`: sends everything, whether or not the buffer is full. */
  write(call: Call, data: Buffer, flushes: boolean): Steps<number>
  flush(call: Call): Steps<void>
}

/** What is sent together, where there are several pieces. */
const GATHERED = 65536

export class BufferedWriter implements Writer {
  readonly #wire: Wire
  readonly #buffering: number
  /** Whether the data of `write` belongs to the caller, who may change it afterwards. */
  readonly #isForeign: boolean
  readonly #backlog = new Backlog<Buffer>(bytes)

  constructor(wire: Wire, buffering: number, isForeign: boolean) {
    this.#wire = wire
    this.#buffering = buffering
    this.#isForeign = isForeign
  }

  get isEmpty(): boolean {
    return this.#backlog.size === 0
  }

  writeNow(data: Buffer): boolean {
    if (this.#backlog.size + data.length > this.#buffering) return false
    this.#keep(data)
    return true
  }

  *write(call: Call, data: Buffer, flushes: boolean): Steps<number> {
    if (!flushes && this.writeNow(data)) return data.length
    if (this.#backlog.size + data.length <= GATHERED) {
      this.#keep(data)
      yield* this.flush(call)
    } else {
      yield* this.#writeThrough(call, data)
    }
    return data.length
  }

  *flush(call: Call): Steps<void> {
    while (this.#backlog.size > 0) {
      const request = sending(this.#backlog.takePieces(GATHERED), call)
      try {
        yield this.#wire.step(call, request)
      } catch (error) {
        this.#backlog.putBack([unsent(request)])
        throw error
      }
    }
  }

  // Large data is sent from where it is. If that fails, what is left of it must be kept after all.
  *#writeThrough(call: Call, data: Buffer): Steps<void> {
    const request = sending(data, call)
    try {
      yield* this.flush(call)
      yield this.#wire.step(call, request)
    } catch (error) {
      this.#keep(unsent(request))
      throw error
    }
  }

  #keep(data: Buffer): void {
    this.#backlog.push(this.#isForeign ? Buffer.from(data) : data)
  }
}

function sending(data: Buffer, call: Call): Request<void> {
  const request = new Request(sendall, data, data.length)
  request.flags = call.flags
  return request
}

function unsent(request: Request<void>): Buffer {
  return (request.bytes as Buffer).subarray(request.offset)
}

/** Every `write` is one operation on the socket, which may take a part only. */
export class UnbufferedWriter implements Writer {
  readonly #wire: Wire
  readonly isEmpty = true

  constructor(wire: Wire) {
    this.#wire = wire
  }

  writeNow(): boolean {
    return false
  }

  *write(call: Call, data: Buffer): Steps<number> {
    const request = new Request(send, data, data.length)
    return (yield this.#wire.step(call, request)) as number
  }

  *flush(): Steps<void> {}
}
