// The receiver's side of a transfer: one connection, from the greeting to the end.
// Rule: everything that a sender says was checked by protocol.ts; everything is stored through folder.ts. What a sender
//       may not do ends the transfer; what cannot be stored is refused by itself, and the rest goes on.
import { access, constants, statfs } from 'node:fs/promises'
import { formatBytes } from '../amounts.ts'
import { quoted } from '../printable.ts'
import { ArrivingFile, type Found, findFile } from './arriving-file.ts'
import { Checksum } from './checksum.ts'
import { type Folder, FolderWalk, RefusedEntry } from './folder.ts'
import { staysInside } from './names.ts'
import {
  BUSY_INTERVAL,
  type FileMessage,
  type FolderMessage,
  type LinkMessage,
  MOST_ANNOUNCED,
  MOST_FOLDERS,
  ProtocolError,
  readSenderMessage,
  type SenderMessage,
} from './protocol.ts'
import type { TransferEvents } from './transfer-events.ts'
import { ConnectionLost, type Wire } from './wire.ts'

export interface ReceiverOptions {
  /** Whether files may replace others of their name. */
  readonly overwrite: boolean
  /** Ends everything; the wire has the same. */
  readonly controller: AbortController
  readonly events: TransferEvents
}

/** A disk that has no room; the message is for both sides. */
export class NoRoom extends Error {}

interface Announced {
  readonly message: FileMessage
  /** What there is of it, once that is known. */
  found: Found | null
}

const REPLACED = 'another file of that name is there (--overwrite replaces it)'

/** Receives everything that one sender sends. */
export async function receiveAll(wire: Wire, root: Folder, options: ReceiverOptions): Promise<void> {
  const receiving = new Receiving(wire, root, options)
  try {
    await receiving.run()
  } finally {
    await receiving.close()
  }
}

class Receiving {
  readonly #wire: Wire
  readonly #overwrite: boolean
  readonly #controller: AbortController
  readonly #events: TransferEvents
  // Two, since files are looked for while others arrive.
  readonly #storing: FolderWalk
  readonly #finding: FolderWalk
  readonly #announced = new Map<number, Announced>()
  readonly #folders: FolderMessage[] = []
  #found: Promise<void> = Promise.resolve()
  #lastId = -1
  #busyAt = performance.now()

  constructor(wire: Wire, root: Folder, { overwrite, controller, events }: ReceiverOptions) {
    this.#wire = wire
    this.#overwrite = overwrite
    this.#controller = controller
    this.#events = events
    this.#storing = new FolderWalk(root)
    this.#finding = new FolderWalk(root)
  }

  async run(): Promise<void> {
    await this.#wire.greet('receiver')
    const start = await this.#next()
    if (start.kind !== 'start') throw new ProtocolError(`it begins with ${start.kind}`)
    this.#events.onStart(start.files, start.bytes)
    for (let message = await this.#next(); message.kind !== 'finish'; message = await this.#next())
      await this.#take(message)
    if (this.#announced.size > 0) throw new ProtocolError('it ends before all files were sent')
    await this.#dressFolders()
    await this.#wire.send({ kind: 'finished' })
  }

  async close(): Promise<void> {
    // Files may still be looked for: that ends with the signal, and must not meet closed folders.
    this.#controller.abort()
    await this.#found
    await this.#finding.close()
    await this.#storing.close()
  }

  async #next(): Promise<SenderMessage> {
    for (;;) {
      const json = await this.#wire.read()
      if (json === null) throw new ConnectionLost('the sender closed the connection before the end')
      const message = readSenderMessage(json)
      if (message.kind !== 'busy') return message
    }
  }

  async #take(message: SenderMessage): Promise<void> {
    if ('path' in message) this.#checkId(message.id)
    switch (message.kind) {
      case 'folder':
        return this.#orRefuse(message, () => this.#makeFolder(message))
      case 'link':
        return this.#orRefuse(message, () => this.#makeLink(message))
      case 'file':
        return this.#announce(message)
      case 'data':
        return this.#receiveFile(this.#due(message.id), message.offset)
      case 'skip': {
        const { path } = this.#due(message.id).message
        return this.#events.onRefused(path, REPLACED)
      }
      default:
        throw new ProtocolError(`${message.kind} at the wrong moment`)
    }
  }

  async #makeFolder(message: FolderMessage): Promise<void> {
    if (this.#folders.length >= MOST_FOLDERS) throw new ProtocolError(`more than ${MOST_FOLDERS} folders`)
    await this.#storing.to(message.path, true)
    this.#folders.push(message)
  }

  async #makeLink({ path, target }: LinkMessage): Promise<void> {
    if (!staysInside(path, target))
      throw new RefusedEntry(`a link that leads out of the folder, to ${quoted(target)}`)
    const folder = await this.#storing.to(path.slice(0, -1), false)
    await folder.makeLink(path.at(-1) as string, target)
    this.#events.onDetail(`${path.join('/')} is a link to ${target}`)
  }

  #announce(message: FileMessage): void {
    if (this.#announced.size >= MOST_ANNOUNCED)
      throw new ProtocolError(`more than ${MOST_ANNOUNCED} files announced`)
    const announced: Announced = { message, found: null }
    this.#announced.set(message.id, announced)
    // While files are looked for and counted, others arrive.
    this.#found = this.#found
      .then(() => this.#orRefuse(message, () => this.#find(announced)))
      .catch((error) => this.#controller.abort(error))
  }

  async #find(announced: Announced): Promise<void> {
    const { signal } = this.#controller
    signal.throwIfAborted()
    const { message } = announced
    const folder = await this.#finding.to(message.path.slice(0, -1), false)
    await access(folder.at('.'), constants.W_OK).catch(() => {
      throw new RefusedEntry('this folder must not be written to')
    })
    const found = await findFile(folder, message, this.#overwrite, { signal, onChunk: () => this.#sayBusy() })
    announced.found = found
    const { length: size, digest: sha256 } = found.checksum
    const existing = found.existing && !this.#overwrite
    await this.#wire.send({ kind: 'have', id: message.id, size, sha256, existing })
  }

  async #sayBusy(): Promise<void> {
    if (performance.now() - this.#busyAt < BUSY_INTERVAL) return
    this.#busyAt = performance.now()
    await this.#wire.send({ kind: 'busy' })
  }

  /** The announced file that the sender speaks of now. */
  #due(id: number): Announced & { readonly found: Found } {
    const announced = this.#announced.get(id)
    if (!announced?.found) throw new ProtocolError('data of a file that was not asked for')
    this.#announced.delete(id)
    return announced as Announced & { readonly found: Found }
  }

  async #receiveFile(
    { message, found }: Announced & { readonly found: Found },
    offset: number,
  ): Promise<void> {
    const { path, size } = message
    if (offset !== 0 && offset !== found.checksum.length)
      throw new ProtocolError(`data from ${offset}, which is neither 0 nor the end of what is there`)
    this.#events.onFile(path, offset)
    if (found.existing && offset === size) return this.#keepFile(message, found)
    if (found.existing && !this.#overwrite)
      throw new ProtocolError('data for a file that must not be replaced')
    const folder = await this.#storing.to(path.slice(0, -1), false)
    await checkRoom(folder, message, size - offset)
    const checksum = offset === 0 ? new Checksum() : found.checksum
    const file = await ArrivingFile.open(folder, path.at(-1) as string, checksum)
    try {
      while (file.length < size) {
        const bytes = await this.#wire.readBytes(size - file.length)
        await file.write(bytes)
        this.#events.onBytes(bytes.length)
      }
      await this.#orRefuse(message, async () => this.#finishFile(file, folder, message, offset))
    } finally {
      await file.close()
    }
  }

  async #finishFile(
    file: ArrivingFile,
    folder: Folder,
    message: FileMessage,
    resumedAt: number,
  ): Promise<void> {
    const { id, path, size } = message
    const sha256 = file.digest
    if (!(await this.#isEnd(id, sha256))) {
      await file.discard()
      throw new RefusedEntry('its checksum is wrong: it was changed while it was sent, or on the way')
    }
    if (!this.#overwrite && (await folder.stat(path.at(-1) as string)) !== null)
      throw new RefusedEntry(REPLACED)
    await file.finish(message)
    await this.#wire.send({ kind: 'stored', id })
    this.#events.onStored({ path, size, sha256, resumedAt })
  }

  async #keepFile({ id, path, size }: FileMessage, { checksum }: Found): Promise<void> {
    const sha256 = checksum.digest
    if (!(await this.#isEnd(id, sha256)))
      throw new ProtocolError('a checksum that is not the one it was told')
    await this.#wire.send({ kind: 'stored', id })
    this.#events.onStored({ path, size, sha256, resumedAt: size })
  }

  async #isEnd(id: number, sha256: string): Promise<boolean> {
    const end = await this.#next()
    if (end.kind !== 'end' || end.id !== id)
      throw new ProtocolError(`${end.kind} instead of the end of a file`)
    return end.sha256 === sha256
  }

  /** What is in a folder changes its time, and its mode may forbid to put something in: so both come last. */
  async #dressFolders(): Promise<void> {
    for (const { path, mode, mtime } of this.#folders.reverse()) {
      const { handle } = await this.#storing.to(path, false)
      await handle.chmod(mode)
      await handle.utimes(mtime / 1000, mtime / 1000)
    }
  }

  async #orRefuse(
    { id, path }: FileMessage | FolderMessage | LinkMessage,
    store: () => Promise<void>,
  ): Promise<void> {
    try {
      await store()
    } catch (error) {
      if (!(error instanceof RefusedEntry)) throw error
      this.#announced.delete(id)
      this.#events.onRefused(path, error.message)
      await this.#wire.send({ kind: 'refuse', id, reason: error.message })
    }
  }

  #checkId(id: number): void {
    if (id <= this.#lastId) throw new ProtocolError(`the number ${id} was used already`)
    this.#lastId = id
  }
}

async function checkRoom(folder: Folder, { path }: FileMessage, needed: number): Promise<void> {
  const { blocks, bavail, bsize } = await statfs(folder.at('.'))
  const free = bavail * bsize
  // Some file systems do not tell.
  if (blocks === 0 || needed <= free) return
  const name = quoted(path.join('/'))
  throw new NoRoom(`no room for ${name}: ${formatBytes(needed)} are to come, ${formatBytes(free)} are free`)
}
