// What `makefile` is given, checked.
import { integer } from '../core/arguments.ts'
import { wrongType, wrongValue } from '../core/errors.ts'
import {
  type Encoding,
  type ErrorHandling,
  encodingOf,
  errorHandlings,
  writableEncodings,
} from './encodings.ts'
import { type Newline, newlines } from './lines.ts'

/** The options of `makefile`: those of Python's. */
export interface FileOptions {
  /**
   * The size of the buffer in bytes. -1 (the default): 8192. 0, for bytes only: none; every operation goes to the socket.
   * 1, for text: 8192, and what is written is sent at each line end.
   */
  readonly buffering?: number | null | undefined
  /**
   * Of text: `'utf-8'` (the default), `'ascii'`, `'latin1'`, `'utf-16le'`; for reading also what TextDecoder knows.
   */
  readonly encoding?: string | null | undefined
  /**
   * What happens to text that cannot be decoded or encoded: `'strict'` (the default): RangeError; `'replace'`: U+FFFD
   * when reading, `?` when writing; `'ignore'`: it is left out.
   */
  readonly errors?: ErrorHandling | null | undefined
  /**
   * The line ends of text. `null` (the default): `\n`, `\r` and `\r\n` end a line and become `\n`. `''`: the same, but
   * they stay as they are. `'\n'`, `'\r'`, `'\r\n'`: that one; and `\n` that is written becomes it.
   */
  readonly newline?: Newline | undefined
}

/** A mode, taken apart. */
export interface Mode {
  /** As the property `mode` of the file tells it. */
  readonly name: string
  readonly reads: boolean
  readonly writes: boolean
  readonly isBinary: boolean
}

/** The options, all of them. */
export interface Settings {
  readonly buffering: number
  readonly isLineBuffered: boolean
  readonly encoding: Encoding
  readonly errors: ErrorHandling
  readonly newline: Newline
}

const DEFAULT_BUFFERING = 8192

/** As in Python, 'b' is added to nothing, to 'r' and to 'w', and letters may come in any order. */
export function readMode(mode: unknown): Mode {
  if (typeof mode !== 'string') throw wrongType('makefile', 'mode', 'a string', mode)
  if (!/^[rwb]*$/.test(mode)) throw wrongValue('makefile', 'mode', "made of 'r', 'w' and 'b'", mode)
  const writes = mode.includes('w')
  const reads = mode.includes('r') || !writes
  const isBinary = mode.includes('b')
  const name = isBinary ? `${reads ? 'r' : ''}${writes ? 'w' : ''}b` : mode
  return { name, reads, writes, isBinary }
}

export function readOptions(options: unknown, mode: Mode): Settings {
  if (typeof options !== 'object' || options === null)
    throw wrongType('makefile', 'options', 'an object', options)
  const { buffering, encoding, errors, newline } = options as Record<string, unknown>
  const size = integer('makefile', 'buffering', buffering ?? -1, -1, 2 ** 31 - 1)
  if (size === 0 && !mode.isBinary) {
    throw wrongValue('makefile', 'buffering', 'other than 0 for text: unbuffered files are binary', size)
  }
  const isLineBuffered = size === 1 && !mode.isBinary
  return {
    buffering: size < 0 || isLineBuffered ? DEFAULT_BUFFERING : size,
    isLineBuffered,
    encoding: readEncoding(encoding ?? 'utf-8', mode),
    errors: oneOf('errors', errors ?? 'strict', errorHandlings),
    newline: oneOf('newline', newline ?? null, newlines),
  }
}

function readEncoding(name: unknown, mode: Mode): Encoding {
  if (typeof name !== 'string') throw wrongType('makefile', 'encoding', 'a string', name)
  const encoding = encodingOf(name)
  if (encoding === null) throw wrongValue('makefile', 'encoding', "'utf-8' or another known encoding", name)
  if (mode.writes && !mode.isBinary && !writableEncodings.includes(encoding)) {
    throw wrongValue('makefile', 'encoding', `one of ${writableEncodings.join(', ')} for writing`, name)
  }
  return encoding
}

function oneOf<Value extends string | null>(
  parameter: string,
  value: unknown,
  values: readonly Value[],
): Value {
  if (value !== null && typeof value !== 'string')
    throw wrongType('makefile', parameter, 'a string or null', value)
  if (values.includes(value as Value)) return value as Value
  throw wrongValue(
    'makefile',
    parameter,
    `one of ${values.map((known) => JSON.stringify(known)).join(', ')}`,
    value,
  )
}
