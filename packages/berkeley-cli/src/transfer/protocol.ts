// What `send` and `receive` say to each other: version 1 of their protocol, over any stream socket.
//
// Each side begins with a line, `berkeley-transfer 1 sender` or `berkeley-transfer 1 receiver`. All else is frames:
// four bytes of length, the most significant first, and as many bytes of JSON, one object with a `kind`. Only after
// `data` do bare bytes follow.
//
//   sender                                            receiver
//   start    files, bytes: what there is in all       have     id, size, sha256: what it has of a file already
//   folder   id, path, mode, mtime                             (existing: that must not be replaced)
//   link     id, path, target                         stored   id: whole, verified, in its place
//   file     id, path, size, mode, mtime              refuse   id, reason: this one not
//   data     id, offset; then size - offset bytes     finished
//   end      id, sha256 of the whole file
//   skip     id: it differs from what exists          error    reason: all of it not; it closes
//   finish
//   busy     still counting a checksum                busy     still counting a checksum
//
// Each file is announced; the receiver answers with `have` or `refuse`; then the sender sends `data` from the end of
// what the receiver has, if the checksum is that of its own beginning, else from 0. Up to 64 files are announced and
// not yet sent, so a folder of small files does not take a round trip for each. Data come in the order of the files.
//
// Rule: what comes from the other side is believed only as far as it was checked here: every field has its type and
//       its bounds, or the connection ends with `error`.
import { checkLinkTarget, readPath } from './names.ts'

export const GREETINGS = {
  sender: 'berkeley-transfer 1 sender\n',
  receiver: 'berkeley-transfer 1 receiver\n',
} as const

export type Role = keyof typeof GREETINGS

/** Room for two paths of 4096 bytes, each byte written as six characters, and for what stands around them. */
export const LONGEST_FRAME = 65_536
/** How many files may be announced and not yet sent. */
export const MOST_ANNOUNCED = 64
/** The folders are remembered until the end, for their times. */
export const MOST_FOLDERS = 100_000
/** How often a side that counts a checksum says that it is alive, in milliseconds. */
export const BUSY_INTERVAL = 1000

export interface FolderMessage {
  readonly kind: 'folder'
  readonly id: number
  readonly path: readonly string[]
  readonly mode: number
  /** Milliseconds since 1970, with a fraction. */
  readonly mtime: number
}

export interface LinkMessage {
  readonly kind: 'link'
  readonly id: number
  readonly path: readonly string[]
  readonly target: string
}

export interface FileMessage {
  readonly kind: 'file'
  readonly id: number
  readonly path: readonly string[]
  readonly size: number
  readonly mode: number
  readonly mtime: number
}

export type SenderMessage =
  | { readonly kind: 'start'; readonly files: number; readonly bytes: number }
  | FolderMessage
  | LinkMessage
  | FileMessage
  | { readonly kind: 'data'; readonly id: number; readonly offset: number }
  | { readonly kind: 'end'; readonly id: number; readonly sha256: string }
  | { readonly kind: 'skip'; readonly id: number }
  | { readonly kind: 'finish' }

export interface HaveMessage {
  readonly kind: 'have'
  readonly id: number
  readonly size: number
  readonly sha256: string
  /** Whether it is the file itself, which must not be replaced by another one. */
  readonly existing: boolean
}

export type ReceiverMessage =
  | HaveMessage
  | { readonly kind: 'error'; readonly reason: string }
  | { readonly kind: 'stored'; readonly id: number }
  | { readonly kind: 'refuse'; readonly id: number; readonly reason: string }
  | { readonly kind: 'finished' }

export type EitherMessage = { readonly kind: 'busy' }

export type Message = SenderMessage | ReceiverMessage | EitherMessage

/** The other side does not keep to the protocol, or asks for what must not be. */
export class ProtocolError extends Error {}

type Read = (value: unknown, what: string) => unknown

const LATEST = 8.64e15 // As far as a Date reaches.

const whole: Read = (value, what) => {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new ProtocolError(`${what} is not a whole number`)
}
const mode: Read = (value, what) => {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0o777) return value
  throw new ProtocolError(`${what} is not a mode from 0 to 0777`)
}
const time: Read = (value, what) => {
  if (typeof value === 'number' && Math.abs(value) <= LATEST) return value
  throw new ProtocolError(`${what} is not a time`)
}
const flag: Read = (value, what) => {
  if (typeof value === 'boolean') return value
  throw new ProtocolError(`${what} is neither true nor false`)
}
const digest: Read = (value, what) => {
  if (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)) return value
  throw new ProtocolError(`${what} is not a checksum`)
}
const text: Read = (value, what) => {
  if (typeof value === 'string' && value.length <= 4096) return value
  throw new ProtocolError(`${what} is not a text of at most 4096 characters`)
}

// Of each kind, its fields and what they must be.
const SENT: Readonly<Record<string, Readonly<Record<string, Read>>>> = {
  start: { files: whole, bytes: whole },
  folder: { id: whole, path: readPath, mode, mtime: time },
  link: { id: whole, path: readPath, target: checkLinkTarget },
  file: { id: whole, path: readPath, size: whole, mode, mtime: time },
  data: { id: whole, offset: whole },
  end: { id: whole, sha256: digest },
  skip: { id: whole },
  finish: {},
}
const ANSWERED: typeof SENT = {
  have: { id: whole, size: whole, sha256: digest, existing: flag },
  stored: { id: whole },
  refuse: { id: whole, reason: text },
  finished: {},
  error: { reason: text },
}
const EITHER: typeof SENT = { busy: {} }

/** What a sender said. Throws ProtocolError for anything that a sender must not say. */
export function readSenderMessage(json: string): SenderMessage | EitherMessage {
  return readMessage(json, { ...SENT, ...EITHER }) as unknown as SenderMessage | EitherMessage
}

/** What a receiver said. Throws ProtocolError for anything that a receiver must not say. */
export function readReceiverMessage(json: string): ReceiverMessage | EitherMessage {
  return readMessage(json, { ...ANSWERED, ...EITHER }) as unknown as ReceiverMessage | EitherMessage
}

/** The path of a message as it is written: components joined by `/`. */
export function writeMessage(message: Message): Buffer {
  const written = 'path' in message ? { ...message, path: message.path.join('/') } : message
  const json = Buffer.from(JSON.stringify(written))
  const head = Buffer.allocUnsafe(4)
  head.writeUInt32BE(json.length)
  return Buffer.concat([head, json])
}

function readMessage(json: string, kinds: typeof SENT): Record<string, unknown> {
  const message = parse(json)
  const { kind } = message
  const fields = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
  if (fields === undefined) throw new ProtocolError('a message of a kind that is not known')
  const result: Record<string, unknown> = { kind }
  for (const [name, read] of Object.entries(fields)) result[name] = read(message[name], `${kind}.${name}`)
  return result
}

function parse(json: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw new ProtocolError('a message that is not JSON')
  }
  if (typeof value !== 'object' || value === null) throw new ProtocolError('a message that is not an object')
  return value as Record<string, unknown>
}
