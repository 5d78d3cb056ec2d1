// The scan live in the browser: `scan --web`, `serve --web` and `demo --web`.
// Rule: the page is there before the first host is asked, and stays until Ctrl-C; the first page that is opened begins
//       the scan, and each scan is also told on the terminal.

import type { Target } from '../../addresses.ts'
import { type Endpoint, formatEndpoint, numericFamily } from '../../endpoint.ts'
import { CommandFailure, UsageError } from '../../exit-status.ts'
import { type Listener, listenOn } from '../../listen-endpoint.ts'
import type { Session } from '../../session.ts'
import { serveHttp } from '../../web/http-server.ts'
import { LiveClass } from './page/live-class.ts'
import { answerWith } from './page/page-server.ts'
import { MOST_SEATS } from './page/view-of-class.ts'
import { type NetworkOptions, type ReportOptions, report } from './scan.ts'
import { scanHosts, sourcesOf } from './scan-hosts.ts'
import { DEFAULT_PLACE } from './web-place.ts'

export interface WebOptions {
  readonly web?: boolean
  /** Where the page is. */
  readonly webAddress?: Endpoint
}

export type WatchOptions = WebOptions & NetworkOptions & ReportOptions

const VISITORS = 256

export async function watchScan(
  targets: readonly Target[],
  options: WatchOptions,
  session: Session,
): Promise<void> {
  if (targets.length > MOST_SEATS)
    throw new UsageError(`--web has seats for ${MOST_SEATS} hosts, not for ${targets.length}`)
  const { terminal, interruption } = session
  const { signal } = interruption
  const live = new LiveClass(sourcesOf(targets), options.pairs)
  const listener = await openPage(options.webAddress, signal)
  const { endpoint } = listener
  terminal.say(`Open ${urlOf(endpoint)} — the scan begins then. Ctrl-C stops.`)
  const onTrouble = (error: Error) => terminal.say(`cannot accept visitors for now: ${error.message}`)
  const serving = serveHttp(
    listener.socket,
    answerWith(live, { pairs: options.pairs, isLocal: isLoopback(endpoint) }),
    { connections: VISITORS, signal, onTrouble },
  )
  try {
    await Promise.race([serving, scanWhenWanted(live, targets, options, session)])
  } finally {
    listener.close()
    live.close()
    if (signal.aborted) await serving
  }
  terminal.say('Stopped.')
}

async function scanWhenWanted(
  live: LiveClass,
  targets: readonly Target[],
  { concurrency, timeout, ...options }: WatchOptions,
  { terminal, interruption }: Session,
): Promise<void> {
  const { signal } = interruption
  const interrupted = new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  )
  while (!signal.aborted) {
    await Promise.race([live.wanted(), interrupted])
    if (signal.aborted) return
    live.begin()
    const onAnswer = live.add.bind(live)
    const candidates = await scanHosts(targets, { concurrency, timeout, signal, onAnswer }).catch((error) => {
      if (signal.aborted) return null
      throw error
    })
    if (candidates === null) return
    live.end()
    try {
      report(candidates, options, terminal)
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error
      terminal.say(`${terminal.remarkColors.red('error:')} ${error.message}`)
    }
  }
}

async function openPage(wanted: Endpoint | undefined, signal: AbortSignal): Promise<Listener> {
  if (wanted?.kind === 'vsock') throw new UsageError('no browser opens a vsock address')
  try {
    return await listenOn(wanted ?? DEFAULT_PLACE, { signal })
  } catch (error) {
    if (wanted !== undefined || signal.aborted) throw error
    return await listenOn({ kind: 'host', host: '127.0.0.1', port: 0 }, { signal })
  }
}

function isLoopback(endpoint: Endpoint): boolean {
  return (
    endpoint.kind === 'host' && numericFamily(endpoint.host) !== null && /^(?:127\.|::1$)/.test(endpoint.host)
  )
}

function urlOf(endpoint: Endpoint): string {
  if (endpoint.kind !== 'host') return formatEndpoint(endpoint)
  const anywhere = endpoint.host === '0.0.0.0' || endpoint.host === '::'
  const { port } = endpoint
  return `http://${formatEndpoint(endpoint)}/${anywhere ? ` (here: http://127.0.0.1:${port}/)` : ''}`
}
