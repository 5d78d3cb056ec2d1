// The sender's side of a transfer: one connection, from the greeting to the end.
// Rule: while one task sends, another listens, so that a refusal is heard at once; whichever fails ends both. The
//       receiver's word for what it has counts only if the checksum says the same.
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { CommandFailure } from '../exit-status.ts'
import { printable, quoted } from '../printable.ts'
import { Answers, type Refusal } from './answers.ts'
import { Checksum } from './checksum.ts'
import { describeFailure, isSystemError } from './failures.ts'
import { BUSY_INTERVAL, type HaveMessage, MOST_ANNOUNCED, readReceiverMessage } from './protocol.ts'
import { type Entry, entriesOf, type LinkEntry, measure, type Obstacle, type Source } from './sources.ts'
import type { TransferEvents } from './transfer-events.ts'
import { ConnectionLost, type Wire } from './wire.ts'

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants
/** So much has to go within the idle limit: little enough for slow lines. */
const CHUNK = 262_144
/** How long a connection that broke may still have to tell why, in milliseconds. */
const LAST_WORD = 1000

export interface SenderOptions {
  /** Ends everything; the wire has the same. */
  readonly controller: AbortController
  readonly events: TransferEvents
}

/** A file that was announced, and the answer to that. */
interface Announced {
  readonly id: number
  readonly path: readonly string[]
  readonly size: number
  readonly file: FileHandle
  readonly answer: Promise<HaveMessage | Refusal>
}

/** Sends everything to one receiver. */
export async function sendAll(wire: Wire, sources: readonly Source[], options: SenderOptions): Promise<void> {
  const { signal } = options.controller
  const total = await measure(sources, signal)
  await wire.greet('sender')
  const sending = new Sending(wire, options)
  const listening = sending.listen()
  // Waited for below, in any case.
  listening.catch((error) => sending.end(error))
  try {
    await wire.send({ kind: 'start', ...total })
    options.events.onStart(total.files, total.bytes)
    for await (const entry of entriesOf(sources)) await sending.take(entry)
    await sending.finish()
    await listening
  } catch (error) {
    if (!(error instanceof ConnectionLost)) throw error
    // Sending failed since the receiver has closed; what it said before is worth more.
    const timer = new Promise((resolve) => setTimeout(resolve, LAST_WORD).unref())
    await Promise.race([listening, timer])
    throw error
  } finally {
    await sending.close()
  }
}

class Sending {
  readonly #wire: Wire
  readonly #controller: AbortController
  readonly #events: TransferEvents
  readonly #watch: NodeJS.Timeout
  readonly #announced: Announced[] = []
  readonly #answers: Answers
  #nextId = 0
  #waitingSince: number | null = null
  #busyAt = performance.now()

  constructor(wire: Wire, { controller, events }: SenderOptions) {
    this.#wire = wire
    this.#controller = controller
    this.#events = events
    this.#answers = new Answers(events)
    this.#watch = setInterval(() => this.#checkSilence(), (wire.idle * 1000) / 4)
  }

  /** Hears what the receiver says until it has all. */
  async listen(): Promise<void> {
    for (;;) {
      const json = await this.#wire.read('unlimited')
      if (json === null) throw new ConnectionLost('the receiver closed the connection before the end')
      const message = readReceiverMessage(json)
      if (message.kind !== 'busy' && this.#answers.hear(message)) return
    }
  }

  /** Ends all that waits. */
  end(error: unknown): void {
    this.#controller.abort(error)
    this.#answers.giveUp(error)
  }

  async take(entry: Entry | LinkEntry | Obstacle): Promise<void> {
    if (entry.kind === 'obstacle') return this.#events.onRefused(entry.path, entry.reason)
    if (entry.kind === 'file') return this.#announce(entry)
    const id = this.#nextId++
    const { path } = entry
    this.#answers.mayRefuse(id, path)
    if (entry.kind === 'link') return this.#wire.send({ kind: 'link', id, path, target: entry.target })
    const { mode, mtimeMs: mtime } = entry.stats
    await this.#wire.send({ kind: 'folder', id, path, mode: mode & 0o777, mtime })
  }

  async finish(): Promise<void> {
    while (this.#announced.length > 0) await this.#sendNext()
    // Before it is sent: the answer may come at any moment after.
    this.#answers.expectEnd()
    await this.#wire.send({ kind: 'finish' })
    this.#waitingSince = performance.now()
  }

  async close(): Promise<void> {
    clearInterval(this.#watch)
    this.end(new Error('the transfer is over'))
    for (const { file } of this.#announced) await file.close()
  }

  async #announce({ location, path }: Entry): Promise<void> {
    if (this.#announced.length >= MOST_ANNOUNCED) await this.#sendNext()
    const file = await this.#open(location, path)
    if (file === null) return
    const { size, mode, mtimeMs: mtime } = await file.stat()
    const id = this.#nextId++
    const answer = this.#answers.expect(id)
    this.#announced.push({ id, path, size, file, answer })
    await this.#wire.send({ kind: 'file', id, path, size, mode: mode & 0o777, mtime })
  }

  /** Opens what still has to be a file. */
  async #open(location: string, path: readonly string[]): Promise<FileHandle | null> {
    try {
      // A path of the command line may be a link; what is below it was found to be none.
      const file = await open(location, O_RDONLY | O_NONBLOCK | (path.length > 1 ? O_NOFOLLOW : 0))
      if ((await file.stat()).isFile()) return file
      await file.close()
      this.#events.onRefused(path, 'it is no file any more')
    } catch (error) {
      this.#events.onRefused(path, describeFailure(error))
    }
    return null
  }

  async #sendNext(): Promise<void> {
    const announced = this.#announced[0]
    if (announced === undefined) return
    this.#waitingSince = performance.now()
    const answer = await announced.answer
    this.#waitingSince = null
    if (answer.kind === 'refuse') this.#events.onRefused(announced.path, printable(answer.reason))
    else await this.#sendFile(announced, answer)
    this.#announced.shift()
    await announced.file.close()
  }

  async #sendFile({ id, path, size, file }: Announced, have: HaveMessage): Promise<void> {
    const start = await this.#verify(path, size, file, have)
    const checksum = start ?? new Checksum()
    const offset = checksum.length
    if (have.existing && (start === null || offset !== size)) {
      await this.#wire.send({ kind: 'skip', id })
      this.#events.onRefused(path, 'another file of that name is there')
      return
    }
    await this.#wire.send({ kind: 'data', id, offset }, offset < size)
    this.#events.onFile(path, offset)
    await this.#sendBytes(path, file, checksum, size)
    const sha256 = checksum.digest
    // Before it is sent: the answer may come at any moment after.
    this.#answers.expectStored(id, { path, size, sha256, resumedAt: offset })
    await this.#wire.send({ kind: 'end', id, sha256 })
  }

  /** The checksum of what the receiver has, if it is what stands there in our file; null if it is something else. */
  async #verify(
    path: readonly string[],
    size: number,
    file: FileHandle,
    have: HaveMessage,
  ): Promise<Checksum | null> {
    if (have.size > size) return null
    const checksum = new Checksum()
    const { signal } = this.#controller
    await this.#reading(path, () =>
      checksum.addFile(file, have.size, { signal, onChunk: () => this.#sayBusy() }),
    )
    if (checksum.digest === have.sha256) return checksum
    this.#events.onDetail(
      `${path.join('/')}: what is there has another checksum; it is sent from the beginning`,
    )
    return null
  }

  async #sayBusy(): Promise<void> {
    if (performance.now() - this.#busyAt < BUSY_INTERVAL) return
    this.#busyAt = performance.now()
    await this.#wire.send({ kind: 'busy' })
  }

  /** The kernel sends the bytes, while we read the same ones for the checksum. */
  async #sendBytes(
    path: readonly string[],
    file: FileHandle,
    checksum: Checksum,
    size: number,
  ): Promise<void> {
    while (checksum.length < size) {
      const offset = checksum.length
      const count = Math.min(CHUNK, size - offset)
      // Both are waited for, so that the file is not closed under one of them.
      const [sent, counted] = await Promise.allSettled([
        this.#wire.sendFile(file, offset, count),
        this.#reading(path, () => checksum.addFile(file, offset + count)),
      ])
      if (sent.status === 'rejected') throw sent.reason
      if (counted.status === 'rejected') throw counted.reason
      // The receiver waits for bytes that there are not; only the end of the connection can tell it.
      if (sent.value < count || checksum.length < offset + count)
        throw new CommandFailure(`${quoted(path.join('/'))} became shorter while it was sent`)
      this.#events.onBytes(count)
    }
  }

  async #reading(path: readonly string[], read: () => Promise<void>): Promise<void> {
    try {
      await read()
    } catch (error) {
      if (!isSystemError(error)) throw error
      throw new CommandFailure(`cannot read ${quoted(path.join('/'))}: ${describeFailure(error)}`)
    }
  }

  #checkSilence(): void {
    if (this.#waitingSince === null) return
    const since = Math.max(this.#waitingSince, this.#wire.lastHeard)
    if (performance.now() - since > this.#wire.idle * 1000)
      this.end(new ConnectionLost(`the receiver was silent for ${this.#wire.idle} s`))
  }
}
