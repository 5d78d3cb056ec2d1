// Finds the other side, by listening or by connecting, and transfers with it: the same for both commands.
// Rule: a side that listens goes on listening until one transfer has come to its end, whatever others do to it; a side
//       that connects fails with the connection, or tries again for as long as --retry says.
import { setTimeout as pause } from 'node:timers/promises'
import type { OSError, Socket } from 'berkeley'
import { acceptConnections } from '../accept-loop.ts'
import { connectTo } from '../connect-endpoint.ts'
import { type Endpoint, formatEndpoint, formatSocketAddress } from '../endpoint.ts'
import { CommandFailure } from '../exit-status.ts'
import { allowManyWaits } from '../interruption.ts'
import { listenOn } from '../listen-endpoint.ts'
import type { Reporter } from '../reporter.ts'
import type { Session } from '../session.ts'
import { describeFailure, isPeersFault, isSystemError, PeerRefusal } from './failures.ts'
import { NoRoom } from './receiver.ts'
import { TransferReport, type Wording } from './transfer-report.ts'
import { ConnectionLost, Wire } from './wire.ts'

const RETRY_MILLISECONDS = 1000

export interface TransferOptions {
  readonly endpoint: Endpoint
  readonly listen: boolean
  /** Whether to go on after a transfer, where this side listens. */
  readonly keepOpen: boolean
  /** For how many seconds without any progress to try again, where this side connects. */
  readonly retry: number
  /** Seconds of silence. */
  readonly timeout: number
}

/** What one side does on a connection. */
export interface Side extends Wording {
  transfer(wire: Wire, report: TransferReport, controller: AbortController): Promise<void>
  /** Whether it tells the other side why it gives up: the receiver's part. */
  readonly explains: boolean
}

export async function runTransfers(
  side: Side,
  options: TransferOptions,
  session: Session,
  reporter: Reporter,
): Promise<void> {
  if (options.listen) await waitForOther(side, options, session, reporter)
  else await goToOther(side, options, session, reporter)
}

async function goToOther(
  side: Side,
  options: TransferOptions,
  { interruption }: Session,
  reporter: Reporter,
): Promise<void> {
  const { endpoint, timeout, retry } = options
  const { signal } = interruption
  let lastProgress = performance.now()
  for (;;) {
    const report = new TransferReport(reporter, side)
    try {
      const socket = await connectTo(endpoint, { timeout, signal })
      reporter.detail(`Connected to ${formatEndpoint(endpoint)}.`)
      return await converse(side, socket, report, timeout, signal)
    } catch (error) {
      if (signal.aborted) throw signal.reason
      if (report.moved > 0) lastProgress = performance.now()
      const mayPass =
        error instanceof ConnectionLost || (error instanceof CommandFailure && isConnecting(error))
      const isOver = performance.now() - lastProgress >= retry * 1000
      if (!mayPass || isOver) throw failureOf(error, report)
      reporter.say(`${failureOf(error, report).message}; trying again`)
      await pause(RETRY_MILLISECONDS, undefined, { signal }).catch(() => {})
      signal.throwIfAborted()
    }
  }
}

// connectTo tells as its cause what the system said.
function isConnecting(error: CommandFailure): boolean {
  return !(error instanceof PeerRefusal) && error.cause !== undefined
}

async function waitForOther(
  side: Side,
  options: TransferOptions,
  { interruption }: Session,
  reporter: Reporter,
): Promise<void> {
  const { endpoint, timeout, keepOpen } = options
  const { terminal } = reporter
  const done = new AbortController()
  allowManyWaits(done.signal)
  const stop = () => done.abort(interruption.signal.reason)
  interruption.signal.addEventListener('abort', stop, { once: true })
  const listener = await listenOn(endpoint, { signal: interruption.signal })
  let failure: unknown
  const onTrouble = (error: OSError) => terminal.say(`cannot accept connections for now: ${error.message}`)
  const onConnection = async (socket: Socket<number>, address: unknown) => {
    const peer = formatSocketAddress(socket.family, address ?? '')
    reporter.detail(`${peer} has connected.`)
    const report = new TransferReport(reporter, side)
    try {
      await converse(side, socket, report, timeout, interruption.signal)
      if (!keepOpen) done.abort()
    } catch (error) {
      if (interruption.signal.aborted) return
      if (keepOpen || isPeersFault(error)) terminal.say(`${peer}: ${failureOf(error, report).message}`)
      else {
        failure = failureOf(error, report)
        done.abort()
      }
    }
  }
  try {
    const place = formatEndpoint(listener.endpoint)
    reporter.event({ event: 'listening', address: place })
    reporter.say(`Listening on ${place}; Ctrl-C stops.`)
    // One at a time: two at once would write the same files.
    await acceptConnections(listener.socket, onConnection, { connections: 1, signal: done.signal, onTrouble })
  } finally {
    interruption.signal.removeEventListener('abort', stop)
    listener.close()
  }
  if (failure !== undefined) throw failure
  if (!keepOpen) interruption.signal.throwIfAborted()
}

/** One connection. What it throws says whose fault it is; the socket is closed. */
async function converse(
  side: Side,
  socket: Socket<number>,
  report: TransferReport,
  idle: number,
  interruption: AbortSignal,
): Promise<void> {
  const controller = new AbortController()
  allowManyWaits(controller.signal)
  const interrupt = () => controller.abort(interruption.reason)
  interruption.addEventListener('abort', interrupt, { once: true })
  try {
    if (interruption.aborted) interrupt()
    const wire = new Wire(socket, { idle, signal: controller.signal })
    await side.transfer(wire, report, controller).catch(async (error) => {
      report.stop()
      if (interruption.aborted) report.tellInterrupted()
      const isSilent = !side.explains || interruption.aborted || error instanceof ConnectionLost
      if (!isSilent) await wire.refuse(failureOf(error, report).message)
      throw error
    })
    report.stop()
    report.summarize()
    if (report.refused > 0) throw new CommandFailure(`${report.refused} not ${side.done}`)
  } finally {
    interruption.removeEventListener('abort', interrupt)
    socket.close()
  }
}

function failureOf(error: unknown, report: TransferReport): CommandFailure {
  if (error instanceof CommandFailure) return error
  if (error instanceof ConnectionLost) return new CommandFailure(`${error.message}${report.progress}`)
  if (isPeersFault(error) || error instanceof NoRoom) return new CommandFailure(error.message)
  if (isSystemError(error))
    return new CommandFailure(`cannot store it: ${describeFailure(error)}${report.progress}`)
  throw error
}
