// What the command line of `berkeley lookup` looks like.
// Rule: nothing is done here; the action calls the one function of the command.
import type { Command } from 'commander'
import { exitStatusHelp } from '../../exit-status.ts'
import { addCommonOptions } from '../../reporter.ts'
import type { Session } from '../../session.ts'
import { flagList } from './flags.ts'
import { type LookupOptions, lookup } from './lookup.ts'

const HELP = `
Names:
  example.org, example.org:http  the addresses of a host, as sockets take them (getaddrinfo)
  192.0.2.1, [fd00::1]:80        the names of an address and port (getnameinfo)
  http/tcp, 53/udp               the port of a service, the service of a port
  protocol:icmp                  the number of a protocol

The system's resolver is asked, with all it is set up for: /etc/hosts, DNS, … Flags are
${flagList()
  .join(', ')
  .replace(/(.{60,90},) /g, '$1\n')}.

Examples:
  $ berkeley lookup example.org
  $ berkeley lookup localhost:http --family inet6 --type stream --flags v4mapped,all
  $ berkeley lookup 127.0.0.1:22 ssh/tcp 53/udp protocol:icmp
  $ berkeley lookup example.org example.net --json --verbose
${exitStatusHelp('everything was found')}`

export function defineLookup(command: Command, session: Session): void {
  const collect = (value: string, before: string[] = []) => [...before, value]
  addCommonOptions(
    command
      .argument('<names...>', 'what to look up')
      .option('--family <family>', 'only addresses of inet or inet6')
      .option('--type <type>', 'only sockets of this type: stream, dgram, raw')
      .option('--flags <flags>', 'by name, separated by commas; canonname is always there', collect),
  )
    .addHelpText('after', HELP)
    .action((words: string[], given: LookupOptions) => lookup(words, given, session))
}
