// `berkeley chat listen` and `berkeley chat connect`: opens the connection, and shows the conversation.
// Rule: the screen is for two terminals, input and output; everything else gets lines.
import type { Socket } from 'berkeley'
import { connectTo } from '../../connect-endpoint.ts'
import { type Endpoint, formatEndpoint, formatSocketAddress } from '../../endpoint.ts'
import { UsageError } from '../../exit-status.ts'
import { listenOn } from '../../listen-endpoint.ts'
import { type CommonOptions, Reporter } from '../../reporter.ts'
import type { Session } from '../../session.ts'
import { type Conversation, isName, type StartConversation } from './conversation.ts'
import { HalfDuplexChat } from './half-duplex.ts'
import { showPlainly } from './plain-view.ts'
import { Room } from './room.ts'
import { Visit } from './visit.ts'

export interface ChatOptions extends CommonOptions {
  readonly halfDuplex?: boolean
  readonly bare?: boolean
  readonly plain?: boolean
  readonly name?: string
  readonly stallLimit: number
}

export interface ListenOptions extends ChatOptions {
  readonly guests: number
}

export interface ConnectOptions extends ChatOptions {
  readonly timeout: number
}

const OWNER = 'host'

export async function listenForChat(
  endpoint: Endpoint,
  options: ListenOptions,
  session: Session,
): Promise<void> {
  const { signal } = session.interruption
  const { name = OWNER, bare = false, guests, halfDuplex, stallLimit } = options
  checkName(name)
  const reporter = new Reporter(session.terminal, options)
  const listener = await listenOn(endpoint, { signal })
  const place = formatEndpoint(listener.endpoint)
  reporter.event({ event: 'listening', address: place })
  try {
    // Said also with --quiet: with port 0 nobody would know where it is.
    if (!reporter.json) reporter.terminal.say(`Listening on ${place}; Ctrl-C stops.`)
    if (!halfDuplex) {
      const title = `chat on ${place}`
      await show(
        (view) => new Room(listener.socket, { title, name, bare, guests, stallLimit }, view),
        options,
        reporter,
        session,
      )
    } else {
      const [socket, address] = await accept(listener.socket, signal)
      listener.close()
      const title = `chat with ${formatSocketAddress(socket.family, address)}`
      await show(
        (view) => new HalfDuplexChat(socket, { title, begins: false, stallLimit, signal }, view),
        options,
        reporter,
        session,
      )
    }
  } finally {
    listener.close()
  }
}

export async function connectForChat(
  endpoint: Endpoint,
  options: ConnectOptions,
  session: Session,
): Promise<void> {
  const { signal } = session.interruption
  const { name, bare = false, halfDuplex, timeout, stallLimit } = options
  if (name !== undefined) checkName(name)
  const reporter = new Reporter(session.terminal, options)
  const socket = await connectTo(endpoint, { timeout, signal })
  const place = formatEndpoint(endpoint)
  reporter.say(`Connected to ${place}.`)
  const title = `chat with ${place}`
  const start: StartConversation = halfDuplex
    ? (view) => new HalfDuplexChat(socket, { title, begins: true, stallLimit, signal }, view)
    : (view): Conversation => new Visit(socket, { title, name, bare, stallLimit, signal }, view)
  await show(start, options, reporter, session)
}

async function show(
  start: StartConversation,
  { plain, json }: ChatOptions,
  reporter: Reporter,
  { terminal, interruption }: Session,
): Promise<void> {
  const { signal } = interruption
  if (plain || json || !canHaveScreen(process.env)) await showPlainly(start, reporter, signal)
  else {
    // React's other build is for its developers: it is slower, and keeps a record of all that was drawn.
    process.env.NODE_ENV ??= 'production'
    const { showOnScreen } = await import('./screen-view.ts')
    await showOnScreen(start, terminal.resultColors.isColorSupported, signal)
  }
  if (signal.aborted) throw signal.reason
}

// Ink draws nothing where it believes that nobody looks.
function canHaveScreen({ TERM, CI, CONTINUOUS_INTEGRATION }: NodeJS.ProcessEnv): boolean {
  const isLookedAt = CI === undefined && CONTINUOUS_INTEGRATION === undefined && TERM !== 'dumb'
  return isLookedAt && process.stdin.isTTY === true && process.stdout.isTTY === true
}

async function accept(listener: Socket<number>, signal: AbortSignal): Promise<[Socket<number>, unknown]> {
  try {
    return await listener.accept({ signal })
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  }
}

function checkName(name: string): void {
  if (!isName(name))
    throw new UsageError('--name must be up to 32 letters, digits, _, . and -, a letter or digit first')
}
