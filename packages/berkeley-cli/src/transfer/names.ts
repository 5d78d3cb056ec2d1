// Which names of files may come over the wire.
// Rule: a path is a list of names, each below the one before, and can lead nowhere else: not up, not to the root, not
//       by bytes that the system understands otherwise. A symbolic link must not lead out of the folder either.
import { createHash } from 'node:crypto'
import { quoted } from '../printable.ts'

const LONGEST_NAME = 255
const LONGEST_PATH = 4096
const DEEPEST = 256
const LONE_SURROGATE = /\p{Cs}/u

/** A name or a path that is refused; the message says which, and why. */
export class NameError extends Error {}

/** The names in `a/b/c`. */
export function readPath(value: unknown, what: string): readonly string[] {
  if (typeof value !== 'string') throw new NameError(`${what} is not a text`)
  const refuse = (why: string) => new NameError(`the path ${quoted(value)} is refused: ${why}`)
  if (value.startsWith('/')) throw refuse('it is absolute')
  if (Buffer.byteLength(value) > LONGEST_PATH) throw refuse(`it is longer than ${LONGEST_PATH} bytes`)
  const names = value.split('/')
  if (names.length > DEEPEST) throw refuse(`it is deeper than ${DEEPEST} folders`)
  for (const name of names) {
    const why = faultOf(name)
    if (why !== null) throw refuse(why)
  }
  return names
}

/** Why a name cannot be that of a file; null if it can. */
export function faultOf(name: string): string | null {
  if (name === '..') return 'it climbs out'
  if (name === '' || name === '.') return 'it has an empty name'
  if (name.includes('\0')) return 'it has a NUL'
  if (name.includes('/')) return 'a name has a slash'
  // A lone surrogate would be written as another name than the one that was checked.
  if (LONE_SURROGATE.test(name)) return 'it is not Unicode'
  if (Buffer.byteLength(name) > LONGEST_NAME) return `a name is longer than ${LONGEST_NAME} bytes`
  if (isPartialName(name)) return 'it is a name for unfinished files'
  return null
}

/** A text that a symbolic link can have; where it leads is another question. */
export function checkLinkTarget(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new NameError(`${what} is not a text`)
  if (
    value === '' ||
    value.includes('\0') ||
    LONE_SURROGATE.test(value) ||
    Buffer.byteLength(value) >= LONGEST_PATH
  )
    throw new NameError(`the link to ${quoted(value)} is refused: no link can be so`)
  return value
}

/**
 * Whether a symbolic link at `path` leads to somewhere inside of the folder. `..` may only stand at its beginning: there
 * it leaves folders that are really folders, further on perhaps other links.
 */
export function staysInside(path: readonly string[], target: string): boolean {
  if (target.startsWith('/')) return false
  const names = target.split('/').filter((name) => name !== '' && name !== '.')
  const climbs = names.findIndex((name) => name !== '..')
  const ups = climbs < 0 ? names.length : climbs
  return ups < path.length && !names.slice(ups).includes('..')
}

/** How a file is called until it is whole: as long as any name, and the same at each try. */
export function partialName(name: string): string {
  return `.berkeley-${createHash('sha256').update(name).digest('hex').slice(0, 32)}.part`
}

function isPartialName(name: string): boolean {
  return /^\.berkeley-[0-9a-f]{32}\.part$/i.test(name)
}
