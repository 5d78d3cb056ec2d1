// The folder that files are received into, and the folders below it.
//
// Node has no openat(2). But a folder that is open as descriptor n is reachable as /proc/self/fd/n, and a name below it is
// looked up in that very folder, whatever was moved or replaced meanwhile. So each step of a path is one lookup of one
// checked name, which must not be a symbolic link.
//
// Rule: nothing below the folder is reached by a longer path than /proc/self/fd/n/name.

import type { Stats } from 'node:fs'
import { constants } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, readlink, rename, symlink, unlink } from 'node:fs/promises'
import { quoted } from '../printable.ts'

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants

/** What came cannot be stored as it is; the message says why, to both sides. */
export class RefusedEntry extends Error {}

export class Folder {
  readonly #handle: FileHandle
  /** What it is called in messages. */
  readonly name: string

  private constructor(handle: FileHandle, name: string) {
    this.#handle = handle
    this.name = name
  }

  /** Opens the user's own folder, which may be a link; it is made if it is not there. */
  static async openRoot(path: string): Promise<Folder> {
    await mkdir(path, { recursive: true })
    return new Folder(await open(path, O_RDONLY | O_DIRECTORY), path)
  }

  get handle(): FileHandle {
    return this.#handle
  }

  /** The path of a name in it, for all that takes paths. */
  at(name: string): string {
    return `/proc/self/fd/${this.#handle.fd}/${name}`
  }

  /** Opens a folder in it. With `make` it is made if it is not there. */
  async enter(name: string, make: boolean): Promise<Folder> {
    if (make) {
      await mkdir(this.at(name), 0o700).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error
      })
    }
    try {
      const handle = await open(this.at(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
      return new Folder(handle, `${this.name}/${name}`)
    } catch (error) {
      throw explained(error, await this.stat(name), name)
    }
  }

  /** What a name in it is, without following a link; null if there is none. */
  async stat(name: string): Promise<Stats | null> {
    try {
      return await lstat(this.at(name))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
  }

  async makeLink(name: string, target: string): Promise<void> {
    const there = await this.stat(name)
    if (there?.isSymbolicLink() && (await readlink(this.at(name))) === target) return
    if (there !== null) throw new RefusedEntry('something of that name is there already')
    await symlink(target, this.at(name))
  }

  async rename(from: string, to: string): Promise<void> {
    await rename(this.at(from), this.at(to))
  }

  async remove(name: string): Promise<void> {
    await unlink(this.at(name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }
}

/** Walks to the folder that holds `path`, keeping the last one open: what comes next is mostly in the same one. */
export class FolderWalk {
  readonly #root: Folder
  #path: readonly string[] = []
  #open: Folder[] = []

  constructor(root: Folder) {
    this.#root = root
  }

  /** The folder of these names; with `make` the last one is made if it is not there. It is good until the next call. */
  async to(path: readonly string[], make: boolean): Promise<Folder> {
    let shared = 0
    while (shared < path.length && shared < this.#open.length && path[shared] === this.#path[shared]) shared++
    await this.#leave(shared)
    for (const [depth, name] of path.entries()) {
      if (depth < shared) continue
      const parent = this.#open.at(-1) ?? this.#root
      this.#open.push(await parent.enter(name, make && depth === path.length - 1))
      this.#path = path.slice(0, depth + 1)
    }
    return this.#open.at(-1) ?? this.#root
  }

  async close(): Promise<void> {
    await this.#leave(0)
  }

  async #leave(depth: number): Promise<void> {
    const left = this.#open.splice(depth)
    this.#path = this.#path.slice(0, depth)
    for (const folder of left.reverse()) await folder.close()
  }
}

function explained(error: unknown, there: Stats | null, name: string): unknown {
  if (there?.isSymbolicLink())
    return new RefusedEntry(`${quoted(name)} is a symbolic link in the target folder`)
  if (there !== null && !there.isDirectory())
    return new RefusedEntry(`${quoted(name)} is there and is no folder`)
  if (there === null) return new RefusedEntry(`there is no folder ${quoted(name)} for it`)
  return error
}
