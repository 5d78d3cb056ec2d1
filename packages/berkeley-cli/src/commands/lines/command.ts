// What the command line of `berkeley lines` looks like.
import { type Command, Option } from 'commander'
import { ENDPOINT_HELP, type Endpoint, readEndpoint } from '../../endpoint.ts'
import { exitStatusHelp } from '../../exit-status.ts'
import { readCount, readSeconds } from '../../option-values.ts'
import { addCommonOptions } from '../../reporter.ts'
import type { Session } from '../../session.ts'
import { ANSWERS } from './asking.ts'
import { type LinesOptions, lines } from './lines.ts'

const HELP = `
Every line that is not blank is sent, ended by a line feed, and its answer is waited for. Printed are the answers with the
time that each took, and at the end how many there were, the shortest, median, 99th percentile and longest time,
and a histogram of them. --quiet leaves the answers out.
Of datagrams one may get lost: it is counted, and the next line is sent.
${ENDPOINT_HELP}

Examples:
  $ berkeley echo :7777 &
  $ berkeley lines poem.txt :7777
  $ seq 10000 | berkeley lines - :7777 --quiet
  $ berkeley lines poem.txt 192.168.1.7:7 --datagram --timeout 0.5
  $ berkeley lines commands.txt unix:/run/server --json | jq .seconds
${exitStatusHelp('every line was answered')}`

export function defineLines(command: Command, session: Session): void {
  command
    .argument('<file>', 'the text file; - is standard input')
    .argument(
      '<address>',
      'whom to send it: host:port, :port, unix:path, vsock:cid:port',
      readEndpoint('connect'),
    )
    .option('-d, --datagram', 'datagrams (UDP, Unix datagrams) instead of a connection')
    .addOption(
      new Option('--answer <kind>', 'what an answer is: a line, or what comes in one piece')
        .choices(ANSWERS)
        .default('line'),
    )
    .option('--crlf', 'end lines by carriage return and line feed')
    .option(
      '-t, --timeout <seconds>',
      'limit for connecting, and for each line and its answer',
      readSeconds,
      10,
    )
    .option('--line-limit <bytes>', 'longest line and longest answer', readCount(1, 2 ** 28), 2 ** 20)
  addCommonOptions(command)
    .addHelpText('after', HELP)
    .action((path: string, endpoint: Endpoint, options: LinesOptions) =>
      lines(path, endpoint, options, session),
    )
}
