// makefile beside CPython's: the same packets and the same calls give the same results.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { before, describe } from 'node:test'
import fc from 'fast-check'
import type { FileOptions } from '#file.js'
import { forms } from '../forms.ts'
import { packageRoot } from '../package-root.ts'
import { socketTest } from '../scope.ts'
import { warmUp } from '../worlds.ts'
import { pairOf, received, type Stream } from './opened.ts'
import { cut, withPackets } from './packets.ts'

type Call = readonly [method: string, ...args: unknown[]]

interface Case extends Required<FileOptions> {
  readonly mode: string
  readonly packets: readonly string[]
  readonly calls: readonly Call[]
  readonly lineBuffered?: boolean
}

interface Outcome {
  readonly results: readonly unknown[]
  readonly sent: readonly string[]
}

// ---- the cases ------------------------------------------------------------------------------------------------------

// Every kind of line end beside every other, and characters of one to four bytes.
const TEXT = 'ab\ncd\r\nef\rgh\r\rij\n\nkl\r\n\r\nm\n\rn\r\r\nöß…\r\n語😀\n\u{1f600}\u{10ffff}\r\nlast'
const ASCII_TEXT = TEXT.replace(/[^\0-\x7f]/gu, 'x')
const LATIN_TEXT = TEXT.replace(/[^\0-\xff]/gu, 'ÿ')
const KANJI = 'ab\r\n日本\r語\n東京\r\n'

const newlines = [null, '', '\n', '\r', '\r\n'] as const
const cuts = [[1], [3], [1, 4], [5, 1, 2], [1000]]
const readings: readonly (readonly Call[])[] = [
  [['read']],
  [['read', 3], ['read', 1], ['readline'], ['read', 0], ['read', 10], ['readline', 2], ['read']],
  Array.from({ length: 30 }, () => ['readline'] as const),
  Array.from({ length: 60 }, () => ['readline', 3] as const),
  Array.from({ length: 60 }, () => ['read', 1] as const),
  [
    ['readline', 0],
    ['readlines', 5],
    ['readlines', 6],
    ['readlines', 7],
    ['readlines', 0],
    ['readlines', -1],
    ['readlines'],
    ['read'],
  ],
  [['readline'], ['iterate'], ['readline'], ['read', 5], ['iterate']],
]
const byteReadings: readonly (readonly Call[])[] = [
  [['readinto', 5], ['readinto', 0], ['readline'], ['readinto', 1], ['read', 4], ['readinto', 1000]],
]
const bufferedReadings: readonly (readonly Call[])[] = [
  [
    ['peek'],
    ['read', 1],
    ['peek'],
    ['read1', 3],
    ['read1', 100],
    ['readline'],
    ['read1'],
    ['peek'],
    ['read'],
  ],
]

const ill: Readonly<Record<string, readonly Buffer[]>> = {
  'utf-8': [
    'ff',
    '61ff62',
    'c3',
    '61c3',
    'c328',
    'e28261',
    'e2',
    'e282',
    'eda080',
    'edb080',
    'f0',
    'f09f',
    'f09f98',
    'f09f9861',
    'f4908080',
    'f5808080',
    'c080',
    'c1bf',
    'e08080',
    'e09f80',
    'f0808080',
    'f08f8080',
    '80',
    '8080',
    'e2e282ac',
    'f09ff09f9880',
    'ff0aff0d0aff',
    'efbbbf61efbbbf',
    'c30a',
    'e2820d0a',
  ].map((digits) => Buffer.from(digits, 'hex')),
  ascii: ['80', '61ff0a62', 'ffff', 'c3a90a'].map((digits) => Buffer.from(digits, 'hex')),
  'utf-16-le': [
    '61',
    '610062',
    '3dd8',
    '3dd800',
    '3dd86100',
    '00de',
    '00de0a00',
    '3dd83dd800de',
    '3dd800de61',
  ].map((digits) => Buffer.from(digits, 'hex')),
}

const buffers = { text: [-1, 1, 2, 8192], bytes: [-1, 0, 1, 2, 5, 8192] }

function encoded(text: string, encoding: string): Buffer {
  const encodings: Readonly<Record<string, BufferEncoding>> = { 'utf-8': 'utf8', 'utf-16-le': 'utf16le' }
  return Buffer.from(text, encodings[encoding] ?? 'latin1')
}

function* readingCases(): Generator<Case> {
  const defaults = { encoding: 'utf-8', errors: 'strict', newline: null } as const
  const hex = (packets: readonly Uint8Array[]) => packets.map((packet) => Buffer.from(packet).toString('hex'))
  for (const lengths of cuts) {
    for (const buffering of buffers.bytes) {
      const packets = hex(cut(encoded(TEXT, 'utf-8'), lengths))
      for (const calls of [...readings, ...byteReadings, ...(buffering === 0 ? [] : bufferedReadings)]) {
        yield { ...defaults, mode: 'rb', buffering, packets, calls }
      }
    }
    const texts = { 'utf-8': TEXT, ascii: ASCII_TEXT, latin1: LATIN_TEXT, 'utf-16-le': TEXT }
    for (const [encoding, text] of Object.entries(texts)) {
      for (const newline of newlines) {
        for (const buffering of buffers.text) {
          const packets = hex(cut(encoded(text, encoding), lengths))
          for (const calls of readings)
            yield { ...defaults, mode: 'r', buffering, encoding, newline, packets, calls }
        }
      }
    }
    for (const [encoding, samples] of Object.entries(ill)) {
      for (const [errors, sample] of samples.flatMap(
        (sample) =>
          [
            ['replace', sample],
            ['ignore', sample],
          ] as const,
      )) {
        const packets = hex(cut(sample, lengths))
        for (const calls of readings)
          yield { ...defaults, mode: 'r', buffering: -1, encoding, errors, packets, calls }
      }
      for (const sample of samples) {
        const packets = hex(cut(sample, lengths))
        yield { ...defaults, mode: 'r', buffering: -1, encoding, packets, calls: [['read']] }
      }
    }
    for (const [encoding, digits] of Object.entries(foreign)) {
      const packets = hex(cut(Buffer.from(digits, 'hex'), lengths))
      for (const calls of readings) yield { ...defaults, mode: 'r', buffering: -1, encoding, packets, calls }
    }
  }
}

/** KANJI, as Python encodes it. */
const foreign: Readonly<Record<string, string>> = {
  shift_jis: '61620d0a93fa967b0d8cea0a938c8b9e0d0a',
  'euc-jp': '61620d0ac6fccbdc0db8ec0ac5ecb5fe0d0a',
  gbk: '61620d0ac8d5b1be0dd55a0a967cbea90d0a',
  'utf-16-be': Buffer.from(KANJI, 'utf16le').swap16().toString('hex'),
}

const outgoing = [
  'ab',
  'cd\n',
  '',
  'e\nf\n',
  '\r',
  'g\r\n',
  'öß',
  '語😀\n',
  '\ud83d',
  '\ude00x',
  'x'.repeat(10),
]

function* writingCases(): Generator<Case> {
  for (const newline of newlines) {
    for (const encoding of ['utf-8', 'ascii', 'latin1', 'utf-16-le']) {
      for (const errors of ['strict', 'replace', 'ignore'] as const) {
        const some = { mode: 'w', encoding, errors, newline, packets: [] }
        // Each by itself, since an error ends a case.
        for (const text of outgoing) yield { ...some, buffering: -1, calls: [['write', text], ['flush']] }
        const calls = outgoing.map((text) => ['write', text] as const)
        yield { ...some, buffering: 1, lineBuffered: true, calls }
        yield { ...some, buffering: -1, calls: [['writelines', outgoing.slice(0, 6)], ['flush']] }
      }
    }
  }
  const bytes = (text: string) => ({ bytes: Buffer.from(text).toString('hex') })
  for (const buffering of [-1, 0, 8192]) {
    const defaults = { mode: 'wb', buffering, encoding: null, errors: null, newline: null, packets: [] }
    const calls = outgoing.slice(0, 8).map((text) => ['write', bytes(text)] as const)
    yield { ...defaults, calls: [...calls, ['flush']] }
    yield {
      ...defaults,
      calls: [['writelines', outgoing.slice(0, 8).map(bytes)], ['flush'], ['write', 'text']],
    }
    yield { ...defaults, calls: [['write', bytes('x'.repeat(100_000))], ['flush']] }
  }
}

// ---- random cases ---------------------------------------------------------------------------------------------------

const size = fc.integer({ min: -1, max: 12 })
const sized = (method: string) => size.map((count): Call => [method, count])
const anyReading = fc.array(
  fc.oneof(
    sized('read'),
    sized('readline'),
    sized('readline'),
    fc.constant<Call>(['readline']),
    fc.integer({ min: 1, max: 12 }).map((hint): Call => ['readlines', hint]),
  ),
  { maxLength: 15 },
)
// Mostly what is special, and often ill-formed.
const anyByte = fc.constantFrom(
  0x0a,
  0x0d,
  0x61,
  0x0a,
  0x0d,
  0xc3,
  0xa9,
  0xe2,
  0x82,
  0xac,
  0xf0,
  0x9f,
  0x98,
  0x80,
  0xd8,
  0x00,
)
const randomCase = fc
  .record({
    mode: fc.constantFrom('r', 'rb'),
    buffering: fc.constantFrom(-1, 1, 2, 3),
    encoding: fc.constantFrom('utf-8', 'latin1', 'utf-16-le', 'ascii'),
    errors: fc.constantFrom('replace', 'ignore'),
    newline: fc.constantFrom(...newlines),
    packets: fc.array(
      fc.array(anyByte, { minLength: 1, maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString('hex')),
    ),
    calls: anyReading,
  })
  .map((example) => example as Case)

const cases = [...readingCases(), ...writingCases(), ...fc.sample(randomCase, 2000)]

// ---- ours -----------------------------------------------------------------------------------------------------------

type AnyFile = Record<string, (...args: unknown[]) => unknown> & AsyncIterable<unknown>

async function run([socket, peer]: readonly [Stream, Stream], example: Case): Promise<Outcome> {
  const { mode, packets, calls, buffering, encoding, errors, newline } = example
  const file = socket.makefile(mode, { buffering, encoding, errors, newline }) as unknown as AnyFile
  const results: unknown[] = []
  const sent: string[] = []
  let total = ''
  const body = async () => {
    for (const [method, ...args] of calls) {
      try {
        results.push(told(await called(file, method, args.map(argument))))
      } catch (error) {
        results.push({ error: error instanceof RangeError ? 'ValueError' : (error as Error).name })
        break
      }
      if (mode.includes('w')) total += (await received(peer)).toString('hex')
      sent.push(total)
    }
  }
  if (mode.includes('w')) await body()
  else
    await withPackets(
      socket,
      [...packets].map((digits) => Buffer.from(digits, 'hex')),
      body,
    )
  await file.close!()
  await received(peer)
  return { results, sent }
}

async function called(file: AnyFile, method: string, args: readonly unknown[]): Promise<unknown> {
  if (method === 'iterate') {
    const lines: unknown[] = []
    for await (const line of file) lines.push(line)
    return lines
  }
  if (method === 'readinto') {
    const buffer = Buffer.alloc(args[0] as number)
    return buffer.subarray(0, (await file.readInto!(buffer)) as number)
  }
  return (await file[method]!(...args)) ?? null
}

function argument(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(argument)
  const { bytes } = Object(value) as { bytes?: string }
  return bytes === undefined ? value : Buffer.from(bytes, 'hex')
}

function told(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(told)
  return Buffer.isBuffer(value) ? { bytes: value.toString('hex') } : value
}

// ---- both -----------------------------------------------------------------------------------------------------------

const AT_ONCE = 1000
let expected: readonly Outcome[]

before(warmUp)
before(() => {
  const script = join(packageRoot, 'test/python/makefile.py')
  const input = JSON.stringify(cases)
  const { stdout, stderr, status } = spawnSync('python3', [script], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  assert.equal(status, 0, stderr)
  expected = JSON.parse(stdout)
})

for (const form of forms) {
  describe(`makefile, ${form.name}`, () => {
    for (let from = 0; from < cases.length; from += AT_ONCE) {
      const to = Math.min(from + AT_ONCE, cases.length)
      socketTest(`gives what CPython gives, cases ${from + 1} to ${to}`, async (t) => {
        const pair = pairOf(form, t)
        for (let index = from; index < to; index++) {
          const example = cases[index]!
          assert.deepEqual(await run(pair, example), expected[index], JSON.stringify(example))
        }
      })
    }
  })
}
