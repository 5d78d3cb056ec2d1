// Runs one of the little servers (echo, time) until Ctrl-C: opens the socket, serves by the mode, counts, and says at
// the end what there was.
// Rule: what clients do ends nobody but themselves. Ctrl-C cuts everybody off, and then nothing is open any more.
import { SOCK_DGRAM, SOCK_STREAM } from 'berkeley'
import type { ServerStats } from 'berkeley/socketserver'
import { formatBytes, formatCount, formatRate, formatSeconds } from './amounts.ts'
import { type Endpoint, formatEndpoint } from './endpoint.ts'
import { listenOn } from './listen-endpoint.ts'
import { Reporter } from './reporter.ts'
import type { ServiceOptions } from './service-options.ts'
import { makeServer, type ServiceServer } from './service-server.ts'
import type { Session } from './session.ts'
import { type StatusLine, startStatus } from './status-line.ts'
import { type Traffic, TrafficTally } from './traffic-tally.ts'

export interface Service {
  /** What the first line says of it: `Echo`. */
  readonly title: string
  /** The module with the handlers `Stream` and `Datagram`; it gets its settings in the query of its URL. */
  readonly handlers: URL
  readonly settings?: Readonly<Record<string, string>>
}

/** How long handlers may take to end when everybody is cut off. */
const LAST_SECONDS = 0.5

export async function runService(
  service: Service,
  endpoint: Endpoint,
  options: ServiceOptions,
  { terminal, interruption }: Session,
): Promise<void> {
  const { signal } = interruption
  const reporter = new Reporter(terminal, options)
  const listener = await listenOn(endpoint, { type: options.datagram ? SOCK_DGRAM : SOCK_STREAM, signal })
  const tally = new TrafficTally()
  const began = performance.now()
  try {
    const handler = handlerOf(service, options, tally.path)
    const server = makeServer(listener.socket, handler, options, reporter, signal)
    sayListening(service, listener.endpoint, options, reporter)
    const meter = startMeter(server, tally, options, reporter)
    let failed = 0
    const stop = () => {
      failed = server.stats().failed
      void server.shutdown(LAST_SECONDS)
    }
    signal.addEventListener('abort', stop, { once: true })
    try {
      if (!signal.aborted) await server.serveForever()
      await server.shutdown(LAST_SECONDS)
    } finally {
      signal.removeEventListener('abort', stop)
      meter.stop()
      await server.serverClose()
    }
    sayEnd(server.stats(), failed, tally.total, (performance.now() - began) / 1000, reporter)
  } finally {
    tally.close()
    listener.close()
  }
}

function handlerOf(service: Service, { datagram, idleLimit }: ServiceOptions, tally: string): URL {
  const url = new URL(service.handlers)
  url.search = new URLSearchParams({ ...service.settings, idleLimit: `${idleLimit}`, tally }).toString()
  url.hash = datagram ? 'Datagram' : 'Stream'
  return url
}

function sayListening(
  service: Service,
  endpoint: Endpoint,
  options: ServiceOptions,
  reporter: Reporter,
): void {
  const address = formatEndpoint(endpoint)
  const type = options.datagram ? 'datagram' : 'stream'
  const { mode } = options
  reporter.event({ event: 'listening', address, type, mode })
  // Said also with --quiet: with port 0 nobody would know where the server is.
  if (!reporter.json)
    reporter.terminal.say(`${service.title} on ${address}, ${type}s, ${mode}; Ctrl-C stops.`)
}

function startMeter(
  server: ServiceServer,
  tally: TrafficTally,
  { datagram, interval, quiet, json }: ServiceOptions,
  reporter: Reporter,
): { stop(): void } {
  const status: StatusLine = quiet || json ? { show() {}, stop() {} } : startStatus(reporter.terminal)
  let last = { received: 0, sent: 0, time: performance.now() }
  const timer = setInterval(() => {
    const stats = server.stats()
    const time = performance.now()
    const seconds = (time - last.time) / 1000
    // A datagram is over when it is served, so the server's own counts are up to date.
    const { received, sent } = datagram
      ? { received: stats.bytesReceived, sent: stats.bytesSent }
      : tally.total
    const rates = { receiving: (received - last.received) / seconds, sending: (sent - last.sent) / seconds }
    last = { received, sent, time }
    if (json) reporter.event({ event: 'statistics', ...numbersOf(stats), received, sent, ...rates })
    else status.show(liveText(stats, received, sent, rates))
  }, interval * 1000)
  return {
    stop() {
      clearInterval(timer)
      status.stop()
    },
  }
}

function liveText(
  { accepted, active, failed }: ServerStats,
  received: number,
  sent: number,
  { receiving, sending }: { receiving: number; sending: number },
): string {
  const troubles = failed === 0 ? '' : `, ${formatCount(failed)} failed`
  return (
    `${formatCount(accepted)} accepted, ${formatCount(active)} active${troubles} · ` +
    `in ${formatBytes(received)} at ${formatRate(receiving)} · out ${formatBytes(sent)} at ${formatRate(sending)}`
  )
}

function sayEnd(
  stats: ServerStats,
  failed: number,
  told: Traffic,
  seconds: number,
  reporter: Reporter,
): void {
  // A worker that was ended with its connections told the server nothing of them.
  const received = Math.max(stats.bytesReceived, told.received)
  const sent = Math.max(stats.bytesSent, told.sent)
  const counts = { accepted: stats.accepted, refused: stats.refused, failed, cutOff: stats.failed - failed }
  reporter.result({ event: 'end', seconds, ...counts, received, sent }, () => {
    const { accepted, refused, cutOff } = counts
    const named = { accepted, refused, failed, 'cut off': cutOff }
    const list = Object.entries(named).map(([name, count]) => `${formatCount(count)} ${name}`)
    return `${list.join(', ')}; received ${formatBytes(received)}, sent ${formatBytes(sent)} in ${formatSeconds(seconds)}`
  })
}

function numbersOf({ accepted, active, refused, failed }: ServerStats) {
  return { accepted, active, refused, failed }
}
