// The options that all little servers have: what kind of socket, how requests are served, which limits.
import { type Command, Option } from 'commander'
import { readEndpoint } from './endpoint.ts'
import { readCount, readSeconds } from './option-values.ts'
import { addCommonOptions, type CommonOptions } from './reporter.ts'

export const MODES = ['serial', 'async', 'threads', 'processes'] as const
export type Mode = (typeof MODES)[number]

export interface ServiceOptions extends CommonOptions {
  readonly datagram?: boolean
  readonly mode: Mode
  readonly workers?: number
  readonly connections: number
  readonly idleLimit: number
  readonly interval: number
}

export const SERVICE_HELP = `
How requests are served (--mode):
  serial     one at a time; the others wait in the kernel's queue
  async      many at a time on one event loop
  threads    many at a time, by a pool of threads
  processes  many at a time, by a pool of child processes

On a terminal the last line counts while the server runs. With --json there are lines with "event":
"listening", "statistics" every --interval seconds, "end"; with --verbose also "accepted", "refused", "failed".
Datagrams that come from the ports of other such services (echo, discard, daytime, chargen, time) are refused: two
servers would answer each other for ever.`

/** Makes `command` take one address to serve on. */
export function addServiceOptions(command: Command): Command {
  command
    .argument(
      '<address>',
      'where to serve: host:port, :port, unix:path, vsock:cid:port',
      readEndpoint('listen'),
    )
    .option('-d, --datagram', 'datagrams (UDP, Unix datagrams) instead of connections')
    .addOption(new Option('-m, --mode <mode>', 'how requests are served').choices(MODES).default('async'))
    .option('--workers <count>', 'most threads or processes', readCount(1, 1024))
    .option('--connections <count>', 'most clients at a time', readCount(1, 1_000_000), 10_000)
    .option('--idle-limit <seconds>', 'cut off a client that neither sends nor reads', readSeconds, 300)
    .option('--interval <seconds>', 'how often to count', readSeconds, 1)
  return addCommonOptions(command)
}
