// `berkeley classroom serve`: one student's server, until Ctrl-C.
// Rule: every visitor leaves one line on standard error: when, from where, what it asked, what it got.
import { AF_INET, AF_INET6, createServer, gaierror, hasDualstackIpv6, OSError, type Socket } from 'berkeley'
import { formatTarget } from '../../addresses.ts'
import { CommandFailure, UsageError } from '../../exit-status.ts'
import { quoted } from '../../printable.ts'
import type { Session } from '../../session.ts'
import { respondWith, type Visit } from './conversation.ts'
import { type NetworkOptions, targetsOf } from './scan.ts'
import { parseId, readStudent, type Student } from './student.ts'
import { runStudentServer } from './student-server.ts'
import type { WebOptions } from './watch.ts'

export interface ServeOptions {
  readonly id: string
  readonly height: number
  readonly weight: number
  readonly size: string
  readonly host: string
  readonly port: number
  readonly idleLimit: number
  readonly totalLimit: number
  readonly lineLimit: number
  readonly connections: number
  readonly quiet?: boolean
}

export async function serve(
  addresses: readonly string[],
  options: ServeCommandOptions,
  session: Session,
): Promise<void> {
  if (options.web) {
    if (options.port === 0) throw new UsageError('--port 0 is a port to listen on, none to scan')
    const { watchScan } = await import('./watch.ts')
    return watchScan(targetsOf(addresses, options), options, session)
  }
  if (addresses.length > 0)
    throw new UsageError('only with --web serve takes addresses: of the hosts to scan')
  for (const [name, value] of Object.entries(OF_STUDENT)) {
    if (options[name as keyof typeof OF_STUDENT] === undefined)
      throw new UsageError(`required option '--${name} ${value}' not specified`)
  }
  await serveStudent(options as ServeOptions, session)
}

/** What a student is made of. Not needed with --web, so commander cannot require it. */
const OF_STUDENT = { id: '<id>', height: '<cm>', weight: '<kg>', size: '<size>' }

async function serveStudent(options: ServeOptions, { terminal, interruption }: Session): Promise<void> {
  const student = studentOf(options)
  const listener = listen(options.host, options.port)
  const say = (text: string) => terminal.say(`${new Date().toISOString()} ${text}`)
  terminal.say(`Serving student ${student.id} on ${placeOf(listener.getsockname())}; Ctrl-C stops.`)
  const { idleLimit: idle, totalLimit: total, lineLimit: line, connections } = options
  await runStudentServer(listener, respondWith(student), {
    limits: { idle, total, line, connections },
    signal: interruption.signal,
    onVisit: (address, visit) => options.quiet || say(`${placeOf(address)} ${describeVisit(visit)}`),
    onTrouble: (error) => say(`cannot accept visitors for now: ${error.message}`),
  })
  terminal.say('Stopped.')
}

/** As the command line has them: what makes a student is not needed with --web. */
export interface ServeCommandOptions
  extends Omit<ServeOptions, keyof typeof OF_STUDENT>,
    Partial<Pick<ServeOptions, keyof typeof OF_STUDENT>>,
    NetworkOptions,
    WebOptions {
  readonly pairs: number
}

function studentOf({ id, height, weight, size }: ServeOptions): Student {
  const reading = readStudent({ id: parseId(id), height, weight, size })
  if ('failure' in reading) throw new UsageError(reading.failure.detail)
  return reading.student
}

function listen(host: string, port: number): Socket<number> {
  const isV6 = host.includes(':')
  try {
    return createServer<number>([host, port], {
      family: isV6 ? AF_INET6 : AF_INET,
      dualstackIpv6: host === '::' && hasDualstackIpv6(),
    })
  } catch (error) {
    throw new CommandFailure(`cannot listen on ${formatTarget({ host, port })}: ${reasonOf(error)}`)
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof gaierror) return 'no such host'
  if (!(error instanceof OSError)) throw error
  if (error.code === 'EADDRINUSE') return 'the port is taken; choose another one with --port'
  if (error.code === 'EADDRNOTAVAIL') return 'this machine does not have that address'
  if (error.code === 'EACCES') return 'not permitted; choose a --port of 1024 or more'
  return error.message
}

function describeVisit({ asked, got }: Visit): string {
  return asked === null ? `got ${got}` : `asked ${quoted(asked)}, got ${got}`
}

function placeOf(address: unknown): string {
  const [host, port] = address as [string, number]
  return formatTarget({ host, port })
}
