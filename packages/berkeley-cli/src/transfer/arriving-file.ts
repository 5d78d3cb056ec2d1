// One file on its way in: what there is of it already, its bytes, its end.
// Rule: under its own name it is whole and verified, or not there. Until then it has another name, which is the same at
//       each try, so that the next try can go on; what is in it counts only by its checksum.
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { Checksum, type CountingOptions } from './checksum.ts'
import { type Folder, RefusedEntry } from './folder.ts'
import { partialName } from './names.ts'
import type { FileMessage } from './protocol.ts'

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants

/** What there is of a file. */
export interface Found {
  readonly checksum: Checksum
  /** Whether it is under its own name. */
  readonly existing: boolean
}

/** Looks for the file and for a part of it. Throws RefusedEntry where it cannot be stored. */
export async function findFile(
  folder: Folder,
  { path, size }: FileMessage,
  overwrite: boolean,
  options: CountingOptions,
): Promise<Found> {
  const name = path.at(-1) as string
  const there = await folder.stat(name)
  if (there !== null) {
    if (there.isSymbolicLink()) throw new RefusedEntry('a symbolic link of that name is in the target folder')
    if (!there.isFile()) throw new RefusedEntry('something of that name is there and is no file')
    if (there.size === size) return { checksum: await count(folder, name, size, options), existing: true }
    if (!overwrite) throw new RefusedEntry('another file of that name is there (--overwrite replaces it)')
  }
  const partial = partialName(name)
  const part = await folder.stat(partial)
  if (part?.isFile() && part.nlink === 1 && part.size <= size)
    return { checksum: await count(folder, partial, part.size, options), existing: false }
  return { checksum: new Checksum(), existing: false }
}

async function count(
  folder: Folder,
  name: string,
  size: number,
  options: CountingOptions,
): Promise<Checksum> {
  // Not to wait for the other end, should it have become a pipe.
  const file = await open(folder.at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    const checksum = new Checksum()
    await checksum.addFile(file, size, options)
    return checksum
  } finally {
    await file.close()
  }
}

export class ArrivingFile {
  readonly #folder: Folder
  readonly #name: string
  readonly #file: FileHandle
  readonly #checksum: Checksum

  private constructor(folder: Folder, name: string, file: FileHandle, checksum: Checksum) {
    this.#folder = folder
    this.#name = name
    this.#file = file
    this.#checksum = checksum
  }

  /** Opens the unfinished file to go on where `checksum` ends; what is beyond is cut off. */
  static async open(folder: Folder, name: string, checksum: Checksum): Promise<ArrivingFile> {
    const path = folder.at(partialName(name))
    const there = await folder.stat(partialName(name))
    // Another name for the same file, or no file at all: somebody made it to have something else overwritten.
    if (there !== null && !(there.isFile() && there.nlink === 1)) await folder.remove(partialName(name))
    const isNew = checksum.length === 0
    if (isNew) await folder.remove(partialName(name))
    const file = await open(path, O_RDWR | O_NOFOLLOW | (isNew ? O_CREAT | O_EXCL : 0), 0o600)
    try {
      if (!isNew) await file.truncate(checksum.length)
      return new ArrivingFile(folder, name, file, checksum)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** How many bytes there are. */
  get length(): number {
    return this.#checksum.length
  }

  get digest(): string {
    return this.#checksum.digest
  }

  async write(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(
        bytes,
        at,
        bytes.length - at,
        this.#checksum.length + at,
      )
      at += bytesWritten
    }
    this.#checksum.add(bytes)
  }

  /** Gives it its name, after mode, time and contents are on the disk. */
  async finish({ mode, mtime }: FileMessage): Promise<void> {
    await this.#file.chmod(mode)
    await this.#file.utimes(mtime / 1000, mtime / 1000)
    await this.#file.sync()
    await this.#folder.rename(partialName(this.#name), this.#name)
  }

  /** Throws away what there is. */
  async discard(): Promise<void> {
    await this.#folder.remove(partialName(this.#name))
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}
