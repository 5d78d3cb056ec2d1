// The encodings that text files can have, by their names, and text into bytes.
/// <reference lib="es2024.string" />
import { wrongValue } from '../core/errors.ts'

/** The name that stands for all names of an encoding: `'utf-8'`, `'ascii'`, `'latin1'`, `'utf-16le'`, or TextDecoder's. */
export type Encoding = string

/** What happens to what cannot be decoded or encoded. */
export type ErrorHandling = 'strict' | 'replace' | 'ignore'

export const errorHandlings: readonly ErrorHandling[] = ['strict', 'replace', 'ignore']

// TextDecoder takes ASCII and Latin-1 for windows-1252, as the web does; here they are what their names say. The names
// are Python's, without case, '-' and '_'.
const namesByPlainName: Readonly<Record<string, Encoding>> = {
  utf8: 'utf-8',
  u8: 'utf-8',
  ascii: 'ascii',
  usascii: 'ascii',
  latin1: 'latin1',
  latin: 'latin1',
  l1: 'latin1',
  iso88591: 'latin1',
  utf16le: 'utf-16le',
  utf16be: 'utf-16be',
}

// In Python it is both byte orders, told apart by a mark at the beginning; for TextDecoder it is utf-16le.
const AMBIGUOUS = 'utf16'

/** The encoding of this name, `null` if there is none. */
export function encodingOf(name: string): Encoding | null {
  const plain = name.toLowerCase().replace(/[-_ ]/g, '')
  if (Object.hasOwn(namesByPlainName, plain)) return namesByPlainName[plain]!
  if (plain === AMBIGUOUS) return null
  try {
    const { encoding } = new TextDecoder(name)
    return namesByPlainName[encoding.replace('-', '')] ?? encoding
  } catch {
    return null
  }
}

/** How one encoding is written. */
interface Writing {
  readonly node: BufferEncoding
  /** Whether everything in the text can be. */
  takes(text: string): boolean
  /** What cannot. */
  readonly unencodable: RegExp
}

const LONE_SURROGATES = /[\ud800-\udfff]/gu
const isWellFormed = (text: string) => text.isWellFormed()
const beyondAscii = /[\u0080-\uffff]/
const beyondLatin1 = /[\u0100-\uffff]/

const writings: ReadonlyMap<Encoding, Writing> = new Map<Encoding, Writing>([
  ['utf-8', { node: 'utf8', takes: isWellFormed, unencodable: LONE_SURROGATES }],
  ['utf-16le', { node: 'utf16le', takes: isWellFormed, unencodable: LONE_SURROGATES }],
  [
    'ascii',
    { node: 'latin1', takes: (text) => !beyondAscii.test(text), unencodable: /[\u0080-\u{10ffff}]/gu },
  ],
  [
    'latin1',
    { node: 'latin1', takes: (text) => !beyondLatin1.test(text), unencodable: /[\u0100-\u{10ffff}]/gu },
  ],
])

/** The encodings that text can be written in. */
export const writableEncodings: readonly Encoding[] = [...writings.keys()]

/** The bytes of `text`; `name` is the method that asks. */
export function encode(name: string, text: string, encoding: Encoding, errors: ErrorHandling): Buffer {
  const { node, takes, unencodable } = writings.get(encoding)!
  if (takes(text)) return Buffer.from(text, node)
  if (errors !== 'strict')
    return Buffer.from(text.replace(unencodable, errors === 'replace' ? '?' : ''), node)
  const at = text.search(unencodable)
  const code = text.codePointAt(at)!.toString(16).toUpperCase().padStart(4, '0')
  throw wrongValue(name, 'data', `text that ${encoding} can encode`, `U+${code} at index ${at}`)
}
