// `berkeley classroom demo`: forty servers on forty loopback addresses, one of them switched off and one
// answering rubbish, scanned for real over TCP by the code that `scan` uses.
// Rule: everything it starts, it stops, however it ends.
import { setTimeout as pause } from 'node:timers/promises'
import { createServer, OSError, type Socket } from 'berkeley'
import { CommandFailure } from '../../exit-status.ts'
import { allowManyWaits } from '../../interruption.ts'
import type { Session } from '../../session.ts'
import { type Respond, respondWith } from './conversation.ts'
import { imagineClass, randomNumbers } from './imagined-class.ts'
import { type ReportOptions, report, scanNetwork } from './scan.ts'
import { DEFAULT_LIMITS, runStudentServer } from './student-server.ts'
import type { WebOptions } from './watch.ts'

export interface DemoOptions extends ReportOptions, WebOptions {
  readonly seed: number
}

const SEATS = 40
const FIRST_PORT = 1024
const LAST_PORT = 2047
const TIMEOUT_SECONDS = 2
const CONCURRENCY = 16

/** Milliseconds: so that one can see the seats fill. */
const SHORTEST_THOUGHT = 150
const LONGEST_THOUGHT = 1500

const answerRubbish: Respond = () => ({ text: '<h1>It works!</h1>', summary: 'rubbish' })

export async function demo(options: DemoOptions, session: Session): Promise<void> {
  const { seed, quiet } = options
  const hosts = Array.from({ length: SEATS }, (_, seat) => `127.0.1.${seat + 1}`)
  const { port, listeners, obstacle } = openClassroom(hosts)
  const [silentSeat, rubbishSeat] = chooseTroubledSeats(seed)
  const responses = imagineClass(SEATS, seed).map(respondWith)
  responses[rubbishSeat] = answerRubbish
  listeners[silentSeat]?.close()
  const servers = startServers(listeners, options.web ? responses.map(withThought(seed)) : responses)
  try {
    const say = (text: string) => quiet || session.terminal.say(text)
    if (obstacle !== null) say(`The class moves to port ${port}: ${obstacle.message}.`)
    say(`${SEATS} students sit on ${hosts[0]} … ${hosts.at(-1)}, port ${port}.`)
    say(`${hosts[silentSeat]} is switched off, ${hosts[rubbishSeat]} answers rubbish.\n`)
    const targets = hosts.map((host) => ({ host, port }))
    const network = { ...options, timeout: TIMEOUT_SECONDS, concurrency: CONCURRENCY }
    if (options.web) {
      const { watchScan } = await import('./watch.ts')
      await watchScan(targets, network, session)
    } else {
      report(await scanNetwork(targets, network, session), options, session.terminal)
    }
  } finally {
    await servers.stop()
  }
}

/** Students who think before they answer, each time for another while. */
function withThought(seed: number): (respond: Respond) => Respond {
  const random = randomNumbers(seed)
  return (respond) => async (request) => {
    await pause(SHORTEST_THOUGHT + random() * (LONGEST_THOUGHT - SHORTEST_THOUGHT))
    return respond(request)
  }
}

interface Classroom {
  readonly port: number
  readonly listeners: readonly Socket<number>[]
  /** What was in the way of the first port. */
  readonly obstacle: OSError | null
}

/** Takes the first port that is free on all addresses. */
function openClassroom(hosts: readonly string[]): Classroom {
  let obstacle: OSError | null = null
  for (let port = FIRST_PORT; port <= LAST_PORT; port++) {
    const opened = openSeats(hosts, port)
    if (!(opened instanceof OSError)) return { port, listeners: opened, obstacle }
    obstacle ??= opened
  }
  throw new CommandFailure(
    `no port from ${FIRST_PORT} to ${LAST_PORT} is free on all of ${hosts[0]} … ${hosts.at(-1)}`,
  )
}

/** Listens on every host, or on none and says what was in the way. */
function openSeats(hosts: readonly string[], port: number): Socket<number>[] | OSError {
  const listeners: Socket<number>[] = []
  try {
    for (const host of hosts) listeners.push(createServer([host, port]))
    return listeners
  } catch (error) {
    for (const listener of listeners) listener.close()
    if (error instanceof OSError && (error.code === 'EADDRINUSE' || error.code === 'EACCES')) return error
    throw error
  }
}

/** Two different seats: one that is switched off, one that answers rubbish. */
function chooseTroubledSeats(seed: number): [number, number] {
  const random = randomNumbers(seed)
  const silent = Math.floor(random() * SEATS)
  const rubbish = (silent + 1 + Math.floor(random() * (SEATS - 1))) % SEATS
  return [silent, rubbish]
}

/** Serves on those listeners that are open. */
function startServers(
  listeners: readonly Socket<number>[],
  responses: readonly Respond[],
): { stop: () => Promise<void> } {
  const closing = new AbortController()
  allowManyWaits(closing.signal)
  const options = { limits: DEFAULT_LIMITS, signal: closing.signal, onVisit() {}, onTrouble() {} }
  const servers = listeners.map(async (listener, seat) => {
    if (listener.fileno() >= 0) await runStudentServer(listener, responses[seat]!, options)
  })
  const stop = async () => {
    closing.abort()
    await Promise.all(servers)
  }
  return { stop }
}
