// What the command line of `berkeley sniff` looks like.
// Rule: nothing is done here; the action calls the one function of the command.
import { type Command, Option } from 'commander'
import { exitStatusHelp } from '../../exit-status.ts'
import { readCount, readSeconds } from '../../option-values.ts'
import { LONGEST_PACKET } from '../../pcap.ts'
import { addCommonOptions } from '../../reporter.ts'
import type { Session } from '../../session.ts'
import { FILTER_HELP } from './expression.ts'
import { type SniffOptions, sniff } from './sniff.ts'

const HELP = `${FILTER_HELP}

Needs CAP_NET_RAW. Of the loopback, what comes in is shown, once. A file of --write is opened by Wireshark
and tcpdump; those of "any" have a header of their own in place of the link's.

Examples:
  $ berkeley sniff eth0 --filter 'tcp port 443 and host 192.0.2.1'
  $ berkeley sniff any --filter 'icmp or icmp6 or arp' --count 10
  $ berkeley sniff lo --filter 'udp and not port 53' --hex
  $ berkeley sniff eth0 --write all.pcap --snap 128 --quiet --duration 60
  $ tcpdump -i eth0 -ddd 'tcp[tcpflags] & tcp-syn != 0' > syn && berkeley sniff eth0 --bpf syn
${exitStatusHelp('stopped by Ctrl-C, --count or --duration', '')}`

export function defineSniff(command: Command, session: Session): void {
  addCommonOptions(
    command
      .argument('[interface]', 'where to listen', 'any')
      .option('-f, --filter <filter>', 'only packets that match')
      .addOption(
        new Option(
          '--bpf <file>',
          'a program that tcpdump -ddd made for this kind of link, instead',
        ).conflicts('filter'),
      )
      .option('-c, --count <number>', 'so many packets, then end', readCount(1, 1_000_000_000))
      .option('--duration <seconds>', 'so long, then end', readSeconds)
      .option(
        '-s, --snap <bytes>',
        'keep so much of each packet',
        readCount(1, LONGEST_PACKET),
        LONGEST_PACKET,
      )
      .option('-x, --hex', 'the bytes as well')
      .option('-w, --write <file>', 'into this file, as pcap; - is standard output')
      .option('--no-promiscuous', 'only what is for this machine')
      .option('-d, --ddd', "print the filter's program as tcpdump -ddd does, and end"),
  )
    .addHelpText('after', HELP)
    .action((name: string, options: SniffOptions) => sniff(name, options, session))
}
