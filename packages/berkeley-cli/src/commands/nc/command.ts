// What the command line of `berkeley nc` looks like.
// Rule: nothing is done here; the action calls the one function of its command.
import { type Command, Option } from 'commander'
import { ENDPOINT_HELP } from '../../endpoint.ts'
import { readSeconds } from '../../option-values.ts'
import type { Session } from '../../session.ts'
import { type NcOptions, nc } from './nc.ts'

const HELP = `${ENDPOINT_HELP}

Standard input is sent, and what comes is written to standard output, both no faster than the other end
takes it. At the end of standard input the sending direction is closed, and what still comes is waited for.
When the other side has ended, the rest of standard input is still sent; if that is a terminal, or with
--keep-open, it is over then. Datagrams have no end: use --send-only, --idle or Ctrl-C.

--record writes what passed as IP packets, which are made up around the bytes: segments are as they were
read and written, sockets without IP addresses have 192.0.2.1 (this side) and 192.0.2.2.
--json writes one object on each line of standard error: listening, connected, accepted, heard,
proxy-header, trouble, end.

Examples:
  $ printf 'HEAD / HTTP/1.0\\r\\n\\r\\n' | berkeley nc example.org:80
  $ berkeley nc --listen 127.0.0.1:2000 > file
  $ berkeley nc --listen --keep-open --udp 127.0.0.1:514
  $ berkeley nc --listen --proxy-protocol v2 127.0.0.1:2000
  $ berkeley nc --hex --record talk.pcap unix:/run/docker.sock

Exit status:
  0    both directions came to their end
  1    it could not connect or listen, the connection broke, or nothing moved for --idle seconds
  2    the command line is wrong
  130  interrupted by Ctrl-C (143 by SIGTERM); with --listen --keep-open that is the end, and 0`

export function defineNc(command: Command, session: Session): void {
  command
    .argument('<address>', 'where to connect to, or to listen')
    .option('-l, --listen', 'wait for a connection instead of making one')
    .option('-k, --keep-open', 'with --listen: take one connection after the other')
    .addOption(new Option('-u, --udp', 'datagrams: UDP, or those of a Unix socket').conflicts('seqpacket'))
    .option('--seqpacket', 'messages over a connection: SOCK_SEQPACKET')
    .option('-w, --timeout <seconds>', 'limit for connecting, and for a PROXY header', readSeconds, 10)
    .option('-i, --idle <seconds>', 'give up when nothing was sent or received for so long', readSeconds)
    .addOption(
      new Option('--send-only', 'ignore what comes; done when standard input ends').conflicts('recvOnly'),
    )
    .option('--recv-only', 'send nothing; done when the other side ends')
    .addOption(
      new Option(
        '--proxy-protocol <version>',
        'send the PROXY header first; with --listen, expect and tell it',
      ).choices(['v1', 'v2']),
    )
    .option('-x, --hex', 'dump both directions in hexadecimal to standard error')
    .option('--record <file>', 'write a capture that tcpdump and Wireshark read')
    .option('--json', 'say what happens as lines of JSON, on standard error')
    .addOption(new Option('-q, --quiet', 'say nothing but errors').conflicts('verbose'))
    .addOption(new Option('-v, --verbose', 'say who connects, and how much has passed').conflicts('quiet'))
    .addHelpText('after', HELP)
    .action((address: string, options: NcOptions) => nc(address, options, session))
}
