// Sockets to deny, shorten and interrupt calls of, and what is asked of them afterwards.
import assert from 'node:assert/strict'
import { AF_INET, AF_UNIX, type Listening, type Socket } from 'berkeley'
import { type BaseSocket, HANDLE } from '#base-socket.js'
import type { Form } from './forms.ts'

export type Stream = Socket<typeof AF_UNIX>
export type Server = Listening<'async', typeof AF_INET>

/** Longer than anything here takes: what hangs, fails. */
const LONG = 10

/** What the call fails with, whether it throws or rejects. */
export async function codeOf(call: () => unknown): Promise<unknown> {
  try {
    await call()
  } catch (error) {
    return (error as { code?: unknown }).code
  }
  return 'no error'
}

export function waits(socket: BaseSocket): boolean {
  const { reading, writing } = socket[HANDLE]
  return reading !== null || writing !== null
}

export async function withPair(
  form: Form,
  type: number,
  use: (left: Stream, right: Stream) => unknown,
): Promise<void> {
  const [left, right] = form.library.socketpair(AF_UNIX, type)
  try {
    left.settimeout(LONG)
    right.settimeout(LONG)
    await use(left, right)
    assert.deepEqual([left, right].map(waits), [false, false])
  } finally {
    left.close()
    right.close()
  }
}

export async function withServer(
  form: Form,
  use: (server: Server, client: Socket) => unknown,
): Promise<void> {
  using server = form.library.createServer(['127.0.0.1', 0])
  using client = new form.library.Socket(AF_INET)
  await use(server, client)
  assert.deepEqual([server, client].map(waits), [false, false])
}
