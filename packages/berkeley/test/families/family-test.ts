// A test of one kind of sockets, in both forms. In the blocking form both ends are on one thread, which works wherever the
// kernel does its part without waiting for the other end.
import assert from 'node:assert/strict'
import { type Ancillary, decodeAncillary, type Socket } from 'berkeley'
import { forms, type Library } from '../forms.ts'
import { type Scope, socketTest } from '../scope.ts'
import { warmUp } from '../worlds.ts'
import { type Kind, lacking } from './lacking.ts'

/** What a test of a family gets. */
export interface Bench {
  readonly library: Library
  readonly t: Scope
  /** A socket of the test's kind, or of another type or protocol, that is closed at the end. */
  open(other?: Partial<Kind>): Socket<number>
  /** Has a socket that was not opened here closed at the end, and gives it a time limit. */
  own(socket: Socket<number>): Socket<number>
}

/** Nothing here takes as long, but for what never comes. In seconds. */
const PATIENCE = 20

/** `name` is of what is tested; the form comes before it. */
export function familyTest(kind: Kind, name: string, body: (bench: Bench) => unknown): void {
  const skip = lacking(kind)
  for (const form of forms) {
    const run = async (t: Scope): Promise<void> => {
      const own = (socket: Socket<number>): Socket<number> => {
        t.after(() => socket.close())
        socket.settimeout(PATIENCE)
        return socket
      }
      const open = (other: Partial<Kind> = {}): Socket<number> => {
        const { family, type, proto = 0 } = { ...kind, ...other }
        return own(new form.library.Socket<number>(family, type, proto))
      }
      await body({ library: form.library, t, open, own })
    }
    socketTest(`${form.name}: ${name}`, run, skip)
  }
}

/** Opens what the first wait opens. */
export { warmUp }

/** Fails if there is anything to receive. What is sent on this machine has arrived when `send` returns. */
export async function nothingComes(socket: Socket<number>): Promise<void> {
  const limit = socket.timeout
  socket.settimeout(0)
  await assert.rejects(async () => socket.recv(4096), { code: 'EAGAIN' })
  socket.settimeout(limit)
}

/** The value of the control message of this kind. */
export function controlOf<Name extends Ancillary['name']>(
  ancdata: Parameters<typeof decodeAncillary>[0],
  name: Name,
): Extract<Ancillary, { name: Name }> extends { value: infer Value } ? Value : never {
  const messages = decodeAncillary(ancdata)
  const found = messages.find((message) => message.name === name)
  assert.ok(found !== undefined, `${name} among ${messages.map((message) => message.name)}`)
  return (found as unknown as { value: never }).value
}
