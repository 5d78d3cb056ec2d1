// What the command line of `berkeley ping` looks like.
// Rule: nothing is done here; the action calls the one function of the command.
import { type Command, Option } from 'commander'
import { readCount, readSeconds } from '../../option-values.ts'
import { addCommonOptions } from '../../reporter.ts'
import type { Session } from '../../session.ts'
import { type PingOptions, ping } from './ping.ts'

const HELP = `
The socket is a ping socket (no privileges needed, if the group of the user is in
/proc/sys/net/ipv4/ping_group_range), or else a raw one (needs CAP_NET_RAW). Times are the kernel's own, of
the moment when a request was handed to the device and that when its answer came.

Errors that routers and hosts send are shown with who sent them. Only root may ask more often than five
times a second.

Examples:
  $ berkeley ping example.org
  $ berkeley ping -c 5 -i 0.2 192.0.2.1
  $ berkeley ping -6 --size 1400 --ttl 3 example.org
  $ berkeley ping -c 1 --timeout 0.5 fe80::1%eth0 --json

Exit status:
  0    as of ping: there was an answer, also if Ctrl-C ended it
  1    there was none; with --count and --deadline: not as many in time
  2    the command line is wrong, there is no such host, or no right to ask`

export function definePing(command: Command, session: Session): void {
  addCommonOptions(
    command
      .argument('<host>', 'a name or an address')
      .addOption(new Option('-4', 'only IPv4').conflicts('6'))
      .addOption(new Option('-6', 'only IPv6').conflicts('4'))
      .option('-c, --count <number>', 'so many requests', readCount(1, 1_000_000_000))
      .option('-i, --interval <seconds>', 'between requests', readSeconds, 1)
      .option('-s, --size <bytes>', 'of data in each request', readCount(0, 65_507), 56)
      .option('-t, --ttl <hops>', 'most routers on the way', readCount(1, 255))
      .option('-W, --timeout <seconds>', 'to wait for each answer', readSeconds, 2)
      .option('-w, --deadline <seconds>', 'for all of it', readSeconds)
      .option('-I, --interface <name>', 'leave by this interface')
      .addOption(
        new Option('--socket <kind>', 'which kind of socket')
          .choices(['auto', 'ping', 'raw'])
          .default('auto'),
      ),
  )
    .addHelpText('after', HELP)
    .action((host: string, options: PingOptions) => ping(host, options, session))
}
