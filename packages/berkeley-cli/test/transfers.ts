// What the tests of `send` and `receive` share: folders that go away, both programs, and a peer written in Python.
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Run, runBerkeley, start, startBerkeley } from './run-berkeley.ts'

const PEER = join(dirname(fileURLToPath(import.meta.url)), '../../test/python/transfer_peer.py')

export function makeFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'berkeley-transfer-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A file of pseudo-random bytes, and its checksum. */
export function writeRandomFile(path: string, size: number): string {
  const bytes = Buffer.allocUnsafe(size)
  let block = createHash('sha512').update(path).digest()
  for (let at = 0; at < size; at += block.length) {
    block = createHash('sha512').update(block).digest()
    block.copy(bytes, at)
  }
  writeFileSync(path, bytes)
  return sha256(path)
}

export function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

/** A receiver that listens, its address, and a way to end it. */
export async function startReceiver(
  context: TestContext,
  folder: string,
  ...options: string[]
): Promise<Run & { address: string }> {
  const run = startBerkeley('receive', folder, '127.0.0.1:0', ...options)
  context.after(() => run.child.kill('SIGKILL'))
  const [, address = ''] = await run.untilRemark(/Listening on (\S+);/)
  return { ...run, address }
}

export function send(address: string, ...commandLine: string[]) {
  return runBerkeley('send', ...commandLine, address)
}

/**
 * Something that the Python peer does: sends text, hexadecimal bytes or frames, waits for a frame, goes on for ever. One
 * that is deaf reads only while it waits for a frame.
 */
export type Step =
  | { readonly text: string }
  | { readonly hex: string }
  | { readonly frame: object }
  | { readonly await: string }
  | { readonly endless: string }
  | { readonly write: string; readonly size: number }
  | { readonly grown: string }
  | { readonly sleep: number }
  | { readonly deaf: true }

/** A Python program at the other end: it connects, or listens and tells where. It prints the frames that it got. */
export function startPeer(address: string | 'listen', steps: readonly Step[]): Run {
  return start('python3', [PEER, address, JSON.stringify(steps)])
}

/** The objects that --json printed. */
export function linesOf(results: string): Record<string, unknown>[] {
  return results
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

/** Every name below a folder. */
export function namesBelow(folder: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).sort()
}

/** The unfinished file in a folder. */
export function partialIn(folder: string): string | undefined {
  return namesBelow(folder).find((name) => /\.berkeley-[0-9a-f]{32}\.part$/.test(name))
}
