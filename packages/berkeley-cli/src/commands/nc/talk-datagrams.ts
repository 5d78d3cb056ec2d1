// A conversation in datagrams: each piece of standard input is one, and each that comes goes to standard output.
// Rule: nobody's datagrams are taken for another's. A socket that waits talks with the first who sends something, or with
//       --keep-open hears everybody, and answers whoever was last.
import { OSError, type Socket } from 'berkeley'
import { CommandFailure } from '../../exit-status.ts'
import { reasonOf } from '../../failure-reason.ts'
import type { Activity } from './activity.ts'
import type { Input } from './standard-input.ts'
import type { Output } from './standard-output.ts'
import type { Tap } from './tap.ts'

/** As ncat has it: a line that was typed is one datagram, and so is a block of a file. */
const LONGEST_SENT = 8192
const LONGEST_RECEIVED = 65_536

export interface DatagramOptions {
  readonly input: Input
  readonly output: Output
  readonly activity: Activity
  readonly sendOnly: boolean
  readonly keepOpen: boolean
  /** The tap for a peer, which is undefined on a connected socket. */
  readonly tapFor: (peer: unknown) => Promise<Tap>
  readonly onPeer: (peer: unknown) => void
  readonly signal: AbortSignal
}

/** Whom to send to, once that is known. */
interface Correspondent {
  readonly peer: unknown
  readonly tap: Tap
}

/** Talks until the signal, or with `sendOnly` until standard input ends. */
export async function talkInDatagrams(
  socket: Socket<number>,
  isConnected: boolean,
  options: DatagramOptions,
): Promise<void> {
  const controller = new AbortController()
  const abort = () => controller.abort(options.signal.reason)
  options.signal.addEventListener('abort', abort, { once: true })
  const { signal } = controller
  const somebody = makeSomebody()
  try {
    if (isConnected) somebody.is({ peer: undefined, tap: await options.tapFor(undefined) })
    const sending = send(socket, somebody, options, signal)
    if (options.sendOnly && isConnected) return await sending
    const receiving = receive(socket, somebody, isConnected, options, signal)
    // Whichever fails first ends both; sending alone may end well, and then there is more to come.
    await Promise.all([sending, receiving])
  } catch (error) {
    options.signal.throwIfAborted()
    throw error instanceof OSError ? new CommandFailure(reasonOf(error), { cause: error }) : error
  } finally {
    controller.abort()
    options.signal.removeEventListener('abort', abort)
  }
}

async function send(
  socket: Socket<number>,
  somebody: Somebody,
  { input, activity }: DatagramOptions,
  signal: AbortSignal,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(LONGEST_SENT)
  // Nothing is read before there is somebody to have it.
  await somebody.known
  for (;;) {
    const bytes = await input.read(buffer, signal)
    if (bytes === null) return
    const { peer, tap } = somebody.current
    await tap.bytes('sent', bytes)
    if (peer === undefined) await socket.send(bytes, { signal })
    else await socket.sendto(bytes, peer as never, { signal })
    activity.count('sent', bytes.length)
  }
}

async function receive(
  socket: Socket<number>,
  somebody: Somebody,
  isConnected: boolean,
  { output, activity, keepOpen, tapFor, onPeer }: DatagramOptions,
  signal: AbortSignal,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(LONGEST_RECEIVED)
  const taps = new Map<string, Tap>()
  for (;;) {
    const [count, address] = await socket.recvfromInto(buffer, { signal })
    if (!isConnected) {
      const name = JSON.stringify(address)
      const isNew = !taps.has(name)
      if (isNew && taps.size > 0 && !keepOpen) continue
      if (isNew) {
        // Strangers must not fill the memory.
        if (taps.size >= MOST_PEERS) taps.clear()
        taps.set(name, await tapFor(address))
        onPeer(address)
      }
      somebody.is({ peer: address, tap: taps.get(name) as Tap })
    }
    const bytes = buffer.subarray(0, count)
    activity.count('received', count)
    await somebody.current.tap.bytes('received', bytes)
    await output.write(bytes, signal)
    activity.touch()
  }
}

const MOST_PEERS = 1000

type Somebody = ReturnType<typeof makeSomebody>

function makeSomebody() {
  let resolve = () => {}
  let correspondent: Correspondent | null = null
  return {
    known: new Promise<void>((done) => {
      resolve = done
    }),
    is(one: Correspondent): void {
      correspondent = one
      resolve()
    },
    get current(): Correspondent {
      if (correspondent === null) throw new TypeError('there is nobody yet')
      return correspondent
    },
  }
}
