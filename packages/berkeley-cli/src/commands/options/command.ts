// What the command line of `berkeley options` looks like.
// Rule: nothing is done here; the action calls the one function of the command.
import type { Command } from 'commander'
import { exitStatusHelp } from '../../exit-status.ts'
import { readCount } from '../../option-values.ts'
import { addCommonOptions } from '../../reporter.ts'
import type { Session } from '../../session.ts'
import { type OptionsOptions, options } from './options.ts'

const HELP = `
Families, types, protocols and levels are written as in C, or without what all of them begin with, in
small letters: AF_INET6 or inet6, SOCK_DGRAM or dgram, IPPROTO_MPTCP or mptcp, SOL_TCP or tcp.

Of a running process, the socket itself is asked, by a duplicate of its descriptor (pidfd_getfd): it takes
the rights of a debugger. The process does not notice: what a socket forgets once it is told (SO_ERROR,
PACKET_STATISTICS) is left to it.

Examples:
  $ berkeley options inet stream
  $ berkeley options inet6 stream mptcp --level tcp
  $ berkeley options inet dgram --name buf --name mtu
  $ berkeley options netlink raw route --all
  $ berkeley options --pid 1234
  $ berkeley options --pid 1234 --fd 7 --name TCP_INFO --json
${exitStatusHelp()}`

export function defineOptions(command: Command, session: Session): void {
  const collect = (value: string, before: string[] = []) => [...before, value]
  addCommonOptions(
    command
      .argument('[kind...]', 'family, type and protocol of a fresh socket')
      .option('--pid <pid>', 'a running process instead: all its sockets', readCount(1, 2 ** 31 - 1))
      .option('--fd <number>', 'only this descriptor of the process', readCount(0, 2 ** 31 - 1))
      .option('--level <level>', 'only this level, whether the socket should have it or not', collect)
      .option('--name <text>', 'only options whose name contains this', collect)
      .option('-a, --all', 'also what the kernel refuses, and why'),
  )
    .addHelpText('after', HELP)
    .action((words: string[], given: OptionsOptions) => options(words, given, session))
}
