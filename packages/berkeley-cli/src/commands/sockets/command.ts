// What the command line of `berkeley sockets` looks like.
// Rule: nothing is done here; the action calls the one function of the command.
import { type Command, Option } from 'commander'
import { exitStatusHelp } from '../../exit-status.ts'
import { readCount, readPort, readSeconds } from '../../option-values.ts'
import { addCommonOptions } from '../../reporter.ts'
import type { Session } from '../../session.ts'
import { type SocketsOptions, sockets } from './sockets.ts'
import { STATE_NAMES } from './states.ts'

const HELP = `
Without --all, --listening or --state, those are shown that talk to somebody, as ss(8) does.
States: ${STATE_NAMES.join(', ')}.
Queues are bytes; of a socket that listens, connections that wait and how many may. Options that can be
given several times show what fits one of them.

Owners are looked for in /proc: those of other users are seen by root only.

Examples:
  $ berkeley sockets --tcp --listening
  $ berkeley sockets --tcp --info --port 443
  $ berkeley sockets --address 10.0.0.0/8 --state established,close-wait
  $ berkeley sockets --all --pid 1234 --json
  $ berkeley sockets --tcp --udp --all --watch 2
${exitStatusHelp('done, also if there was none')}`

export function defineSockets(command: Command, session: Session): void {
  const collect = (value: string, before: string[] = []) => [...before, value]
  const several =
    (read: (text: string) => number) =>
    (text: string, before: number[] = []) => [...before, read(text)]
  addCommonOptions(
    command
      .option('-t, --tcp', 'TCP')
      .option('-u, --udp', 'UDP')
      .option('-w, --raw', 'raw sockets')
      .option('-x, --unix', 'Unix sockets')
      .option('-0, --packet', 'packet sockets')
      .option('--netlink', 'netlink sockets')
      .option('-a, --all', 'in all states')
      .addOption(new Option('-l, --listening', 'that listen, or are not connected').conflicts('all'))
      .addOption(
        new Option('--state <states>', 'in these states').conflicts(['all', 'listening']).argParser(collect),
      )
      .option('-p, --port <port>', 'with this port on either side', several(readPort))
      .option('--local-port <port>', 'with this port of their own', several(readPort))
      .option('--peer-port <port>', 'whose peer has this port', several(readPort))
      .option('--address <network>', 'with this address on either side: 10.0.0.1, fd00::/8', collect)
      .option('--pid <pid>', 'that this process has open', several(readCount(1, 2 ** 31 - 1)))
      .option('-i, --info', 'what the kernel knows of TCP connections')
      .option('--no-processes', 'do not look for the owners')
      .option('--watch [seconds]', 'again and again, every second or so', readSeconds),
  )
    .addHelpText('after', HELP)
    .action((options: SocketsOptions) => sockets(options, session))
}
