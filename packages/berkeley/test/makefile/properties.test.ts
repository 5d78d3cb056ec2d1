// However a text is cut into packets, and however often there is nothing yet, a file gives the same.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BlockingIOError } from 'berkeley'
import fc from 'fast-check'
import type { Newline } from '#file.js'
import { type Form, forms } from '../forms.ts'
import { cut, type Packet, withPackets } from './packets.ts'

const RUNS = { numRuns: 300 }

const characters = [
  'a',
  'b',
  '\n',
  '\r',
  '\r\n',
  '\n',
  'é',
  '語',
  '😀',
  '\u{10ffff}',
  '\ufeff',
  '\ufffd',
  '\0',
]
const anyText = fc.array(fc.constantFrom(...characters), { maxLength: 200 }).map((parts) => parts.join(''))
const anyNewline = fc.constantFrom<Newline>(null, '', '\n', '\r', '\r\n')
const anyCuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 })
const anyEncoding = fc.constantFrom<BufferEncoding>('utf8', 'utf16le')
const anyBuffering = fc.constantFrom(-1, 1, 2, 7)

const anyCalls = fc.array(
  fc.tuple(fc.constantFrom('read', 'readline', 'something that fails'), fc.integer({ min: 0, max: 30 })),
  { maxLength: 30 },
)

/** The first characters, as code points. */
function first(text: string, size: number): string {
  return [...text].slice(0, size).join('')
}

const lineEnds: Readonly<Record<string, RegExp>> = {
  '': /(?<=\r\n|\r(?!\n)|(?<!\r)\n)/,
  '\n': /(?<=\n)/,
  '\r': /(?<=\r)/,
  '\r\n': /(?<=\r\n)/,
}

/** The lines of all of it at once. */
function linesOf(text: string, newline: Newline): string[] {
  const translated = newline === null ? text.replace(/\r\n?/g, '\n') : text
  return translated.split(lineEnds[newline ?? '\n']!).filter((line) => line !== '')
}

/** Puts 'nothing yet' before and between the packets. */
function hesitating(packets: readonly Packet[]): Packet[] {
  return packets.flatMap((packet): Packet[] => ['nothing yet', packet, 'nothing yet', 'nothing yet'])
}

/** Calls until there is something: what has come before must be there still. */
async function insisting<Result>(call: () => Result | Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof BlockingIOError)) throw error
    }
  }
}

/** Whether a call succeeds. After one that does not, what has come by then is there in many pieces. */
async function isThere(call: () => unknown): Promise<boolean> {
  try {
    await call()
    return true
  } catch (error) {
    assert.ok(error instanceof BlockingIOError)
    return false
  }
}

interface Opened {
  readonly form: Form
  readonly mode: string
  readonly packets: readonly Packet[]
  readonly options?: object
}

/** Runs `body` with a file over these packets. */
async function withFile<Result>(
  { form, mode, packets, options = {} }: Opened,
  body: (file: AnyFile) => Promise<Result>,
): Promise<Result> {
  const [socket, peer] = form.library.socketpair()
  const file = socket.makefile(mode, options) as unknown as AnyFile
  socket.setblocking(false)
  try {
    return await withPackets(socket, packets, () => body(file))
  } finally {
    await file.close()
    socket.close()
    peer.close()
  }
}

interface AnyFile extends AsyncIterable<string & Buffer> {
  read(size?: number): Promise<string & Buffer>
  readInto(buffer: Uint8Array): Promise<number>
  readline(limit?: number): Promise<string & Buffer>
  readlines(hint?: number): Promise<(string & Buffer)[]>
  close(): Promise<void>
}

/** What `next` gives until it gives nothing. */
async function untilEmpty(next: () => Promise<string & Buffer>): Promise<(string & Buffer)[]> {
  const all: (string & Buffer)[] = []
  for (let one = await insisting(next); one.length > 0; one = await insisting(next)) all.push(one)
  return all
}

for (const form of forms) {
  describe(`makefile, ${form.name}: any chunking`, () => {
    test('gives the lines of the whole text', () =>
      fc.assert(
        fc.asyncProperty(
          anyText,
          anyNewline,
          anyCuts,
          anyEncoding,
          anyBuffering,
          async (text, newline, cuts, encoding, buffering) => {
            const packets = cut(Buffer.from(text, encoding), cuts)
            const options = { newline, encoding, buffering }
            const expected = linesOf(text, newline)
            const byLine = await withFile({ form, mode: 'r', packets, options }, (file) =>
              untilEmpty(() => file.readline()),
            )
            assert.deepEqual(byLine, expected)
            const iterated = await withFile({ form, mode: 'r', packets, options }, async (file) => {
              const lines: string[] = []
              for await (const line of file) lines.push(line)
              return lines
            })
            assert.deepEqual(iterated, expected)
            const hesitant = { form, mode: 'r', packets: hesitating(packets), options }
            assert.deepEqual(await withFile(hesitant, (file) => insisting(() => file.readlines())), expected)
          },
        ),
        RUNS,
      ))

    test('gives to each call what is next in the text', () =>
      fc.assert(
        fc.asyncProperty(anyText, anyNewline, anyCuts, anyCalls, async (text, newline, cuts, calls) => {
          const packets = hesitating(cut(Buffer.from(text), cuts))
          let rest = linesOf(text, newline).join('')
          const isNext = (actual: string, expected: string): void => {
            assert.equal(actual, expected)
            rest = rest.slice(expected.length)
          }
          await withFile({ form, mode: 'r', packets, options: { newline } }, async (file) => {
            for (const [method, size] of calls) {
              if (method === 'read') isNext(await insisting(() => file.read(size)), first(rest, size))
              else if (method === 'readline') {
                const line = first(linesOf(rest, newline)[0] ?? '', size)
                isNext(await insisting(() => file.readline(size)), line)
              } else if (await isThere(() => file.readlines())) rest = ''
            }
          })
        }),
        RUNS,
      ))

    test('gives the same bytes whatever sizes are read', () =>
      fc.assert(
        fc.asyncProperty(
          fc.uint8Array({ maxLength: 300, max: 12 }),
          anyCuts,
          anyCuts,
          fc.constantFrom(-1, 1, 3, 10),
          async (data, cuts, sizes, buffering) => {
            const packets = hesitating(cut(data, cuts))
            let turn = 0
            const pieces = await withFile({ form, mode: 'rb', packets, options: { buffering } }, (file) =>
              untilEmpty(async () => {
                const size = sizes[turn % sizes.length]!
                const piece = await byTurns(file, turn, size)
                turn++
                return piece as string & Buffer
              }),
            )
            assert.deepEqual(Buffer.concat(pieces), Buffer.from(data))
          },
        ),
        RUNS,
      ))

    test('gives unbuffered lines and nothing beyond them', () =>
      fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 100, min: 9, max: 12 }), anyCuts, async (data, cuts) => {
          const packets = hesitating(cut(data, cuts))
          const [first, rest] = await withFile(
            { form, mode: 'rb', packets, options: { buffering: 0 } },
            async (file) => [await insisting(() => file.readline()), await insisting(() => file.read())],
          )
          const end = data.indexOf(0x0a) + 1 || data.length
          assert.deepEqual(
            [first, rest],
            [Buffer.from(data.subarray(0, end)), Buffer.from(data.subarray(end))],
          )
        }),
        RUNS,
      ))
  })
}

async function byTurns(file: AnyFile, turn: number, size: number): Promise<Buffer> {
  if (turn % 3 === 0) return file.read(size)
  if (turn % 3 === 1) return file.readline(size)
  const buffer = Buffer.alloc(size)
  return buffer.subarray(0, await file.readInto(buffer))
}
