// What is to be sent: the paths of the command line, and all that is below them.
// Rule: a link is followed only where the user named it. What cannot be sent (a device, a name that is not Unicode, a
//       folder that may not be read) is told, and the rest goes on. Nothing is kept in memory but one folder's names.
import { isUtf8 } from 'node:buffer'
import type { Stats } from 'node:fs'
import { lstat, readdir, readlink, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { CommandFailure, UsageError } from '../exit-status.ts'
import { quoted } from '../printable.ts'
import { describeFailure } from './failures.ts'
import { faultOf } from './names.ts'

/** A path of the command line, and what it is called on the other side. */
export interface Source {
  readonly location: string
  readonly name: string
}

export interface Entry {
  readonly kind: 'file' | 'folder'
  readonly location: string
  readonly path: readonly string[]
  readonly stats: Stats
}

export interface LinkEntry {
  readonly kind: 'link'
  readonly path: readonly string[]
  readonly target: string
}

/** Something that is not sent. */
export interface Obstacle {
  readonly kind: 'obstacle'
  readonly path: readonly string[]
  readonly reason: string
}

/** The sources, each there and under a name of its own. */
export async function openSources(locations: readonly string[]): Promise<Source[]> {
  const sources = new Map<string, Source>()
  for (const location of locations) {
    const name = basename(resolve(location))
    const fault = faultOf(name)
    if (fault !== null) throw new UsageError(`${quoted(location)} has no name to be sent under: ${fault}`)
    const other = sources.get(name)
    if (other !== undefined) {
      throw new UsageError(`${quoted(other.location)} and ${quoted(location)} would have the same name there`)
    }
    await stat(location).catch((error) => {
      throw new CommandFailure(`cannot send ${quoted(location)}: ${describeFailure(error)}`)
    })
    sources.set(name, { location, name })
  }
  return [...sources.values()]
}

/** How many files and bytes there are in all. */
export async function measure(
  sources: readonly Source[],
  signal: AbortSignal,
): Promise<{ files: number; bytes: number }> {
  const total = { files: 0, bytes: 0 }
  for await (const entry of entriesOf(sources)) {
    signal.throwIfAborted()
    if (entry.kind !== 'file') continue
    total.files++
    total.bytes += entry.stats.size
  }
  return total
}

/** Everything, folders before what is in them. */
export async function* entriesOf(sources: readonly Source[]): AsyncGenerator<Entry | LinkEntry | Obstacle> {
  for (const { location, name } of sources) yield* walk(location, [name], true)
}

async function* walk(
  location: string,
  path: readonly string[],
  follow: boolean,
): AsyncGenerator<Entry | LinkEntry | Obstacle> {
  let names: readonly Buffer[] = []
  try {
    const stats = await (follow ? stat(location) : lstat(location))
    if (stats.isSymbolicLink()) {
      yield { kind: 'link', path, target: await readlink(location) }
      return
    }
    if (stats.isFile()) {
      yield { kind: 'file', location, path, stats }
      return
    }
    if (!stats.isDirectory()) {
      yield { kind: 'obstacle', path, reason: 'neither a file nor a folder' }
      return
    }
    names = await readdir(location, { encoding: 'buffer' })
    yield { kind: 'folder', location, path, stats }
  } catch (error) {
    yield { kind: 'obstacle', path, reason: describeFailure(error) }
    return
  }
  for (const bytes of [...names].sort(Buffer.compare)) {
    const name = bytes.toString('utf8')
    const fault = isUtf8(bytes) ? faultOf(name) : 'its name is not UTF-8'
    if (fault === null) yield* walk(join(location, name), [...path, name], false)
    else yield { kind: 'obstacle', path: [...path, name], reason: fault }
  }
}
