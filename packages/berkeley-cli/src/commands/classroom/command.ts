// What the command line of `berkeley classroom` looks like: its commands, options, help and examples.
// Rule: nothing is done here; each action calls the one function of its command.
import { type Command, Option } from 'commander'
import { ADDRESS_HELP } from '../../addresses.ts'
import { formatEndpoint, readEndpoint } from '../../endpoint.ts'
import { exitStatusHelp } from '../../exit-status.ts'
import { readCount, readListeningPort, readNumber, readPort, readSeconds } from '../../option-values.ts'
import type { Session } from '../../session.ts'
import { type DemoOptions, demo } from './demo.ts'
import type { HtmlReportOptions } from './report.ts'
import { type ScanCommandOptions, scan } from './scan.ts'
import { type ServeCommandOptions, serve } from './serve.ts'
import { LONGEST_TIE, SIMILARITY_HELP } from './similarity.ts'
import { RECORD_HELP, SIZES } from './student.ts'
import { DEFAULT_LIMITS } from './student-server.ts'
import { DEFAULT_PLACE } from './web-place.ts'

const DEFAULT_PORT = 1024

const SERVE_HELP = `
The request is a line "get"; the answer is one line of JSON, and the connection is closed:
  $ printf 'get\\n' | nc 127.0.0.1 1024
  {"id":1527406014,"height":178,"weight":60,"size":"XXL"}
Anything else is answered by {"error": …}. Who is silent, slow or endless is cut off.

With --web it scans the addresses instead, as scan --web does: then --port is the port of the hosts, and
--pairs, --timeout and --concurrency are those of the scan.
${RECORD_HELP}

Examples:
  $ berkeley classroom serve --id 1527406014 --height 178 --weight 60 --size XXL
  $ berkeley classroom serve --id ada --height 165.5 --weight 58 --size M --host 0.0.0.0
  $ berkeley classroom serve --id ada --height 165.5 --weight 58 --size M --host :: --port 0
  $ berkeley classroom serve --web 192.168.1.1-40      # the same as scan 192.168.1.1-40 --web
${exitStatusHelp('stopped by Ctrl-C or SIGTERM', '')}`

const SCAN_HELP = `${ADDRESS_HELP}

Every host is given --timeout seconds for everything: looking its name up, connecting, answering. So a
scan ends within timeout × (hosts ÷ concurrency, rounded up) seconds, however many hosts are dead.
A host may speak first, never close, and spread its record over many lines; it may send 64 KiB.
${RECORD_HELP}
${SIMILARITY_HELP}
Pairs as near as the last one listed are listed too, up to ${LONGEST_TIE}.

The file of --from is a JSON list of records, or of {"host", "record"}, or what --json printed.

Examples:
  $ berkeley classroom scan 192.168.1.1-40
  $ berkeley classroom scan 10.0.0.0/24 lab-7.local:2000 --timeout 0.5 --concurrency 256
  $ berkeley classroom scan fd00::1-28 --json > class.json
  $ berkeley classroom scan --from class.json --pairs 10
  $ berkeley classroom scan 192.168.1.1-40 --web --web-address 0.0.0.0:8024
${exitStatusHelp()}`

const REPORT_HELP = `
The page has everything in it: style, script and data. It asks no server for anything, and opens without a
network, also years later. What it shows of the hosts is text, whatever they sent.

Examples:
  $ berkeley classroom report 192.168.1.1-40 -o class.html
  $ berkeley classroom report --from class.json > class.html
${exitStatusHelp()}`

const DEMO_HELP = `
Forty servers on 127.0.1.1 … 127.0.1.40, port 1024 or the next one that is free on all. One is switched
off, one answers rubbish. They are scanned over TCP, and stopped.

Examples:
  $ berkeley classroom demo
  $ berkeley classroom demo --seed 7 --json
  $ berkeley classroom demo --web
${exitStatusHelp()}`

export function defineClassroom(classroom: Command, session: Session): void {
  classroom.addHelpText('after', exitStatusHelp())
  addServe(classroom, session)
  addScan(classroom, session)
  addReport(classroom, session)
  addDemo(classroom, session)
}

function addServe(classroom: Command, session: Session): void {
  const { idle, total, line, connections } = DEFAULT_LIMITS
  const command = classroom
    .command('serve [addresses...]')
    .description("be a student: answer `get` with one's record; or, with --web, show a class in the browser")
    .option('--id <id>', 'number or name of the student')
    .option('--height <cm>', 'height in centimetres', readNumber)
    .option('--weight <kg>', 'weight in kilograms', readNumber)
    .option('--size <size>', `clothes size, ${SIZES[0]} to ${SIZES.at(-1)}`)
    .option('--host <address>', 'address to listen on; 0.0.0.0 or :: for all', '127.0.0.1')
    .option('--port <port>', 'port to listen on; 0 lets the system choose', readListeningPort, DEFAULT_PORT)
    .option('--idle-limit <seconds>', 'cut a visitor off after this silence', readSeconds, idle)
    .option('--total-limit <seconds>', 'cut a visitor off who takes longer to ask', readSeconds, total)
    .option('--line-limit <bytes>', 'longest request', readCount(3, 1_048_576), line)
    .option('--connections <count>', 'most visitors at a time', readCount(1, 10_000), connections)
    .option('-q, --quiet', 'do not log visitors')
    .addHelpText('after', SERVE_HELP)
  addWebOptions(addNetworkOptions(addPairsOption(command))).action(
    (addresses: string[], options: ServeCommandOptions) => serve(addresses, options, session),
  )
}

function addScan(classroom: Command, session: Session): void {
  const command = classroom
    .command('scan [addresses...]')
    .description('ask a class for its records and find the most similar students')
    .option('--port <port>', 'port of the hosts', readPort, DEFAULT_PORT)
  addWebOptions(addReportOptions(addNetworkOptions(command)))
    .addOption(fromOption())
    .addHelpText('after', SCAN_HELP)
    .action((addresses: string[], options: ScanCommandOptions) => scan(addresses, options, session))
}

function addReport(classroom: Command, session: Session): void {
  const command = classroom
    .command('report [addresses...]')
    .description('a class as an HTML page that is complete in itself')
    .option('--port <port>', 'port of the hosts', readPort, DEFAULT_PORT)
  addPairsOption(addNetworkOptions(command))
    .addOption(fromOption())
    .option('-o, --output <file>', 'where to write the page, instead of standard output')
    .option('-q, --quiet', 'no explanations and no progress, only results and errors')
    .addHelpText('after', REPORT_HELP)
    .action(async (addresses: string[], options: HtmlReportOptions) => {
      const { reportAsHtml } = await import('./report.ts')
      await reportAsHtml(addresses, options, session)
    })
}

function addDemo(classroom: Command, session: Session): void {
  addWebOptions(addReportOptions(classroom.command('demo')))
    .description('forty students on this machine, scanned for real')
    .option('--seed <number>', 'another class for another number', readCount(0, 2 ** 32 - 1), 1)
    .addHelpText('after', DEMO_HELP)
    .action((options: DemoOptions) => demo(options, session))
}

function addPairsOption(command: Command): Command {
  return command.option(
    '--pairs <count>',
    'how many of the most similar pairs to list',
    readCount(1, 1000),
    3,
  )
}

function addNetworkOptions(command: Command): Command {
  return command
    .option('--timeout <seconds>', 'limit for each host', readSeconds, 2)
    .option('--concurrency <count>', 'most hosts at a time', readCount(1, 10_000), 64)
}

function fromOption(): Option {
  return new Option('--from <file>', 'read the records from a JSON file instead of the network')
}

function addWebOptions(command: Command): Command {
  return command
    .addOption(new Option('--web', 'show the scan live in the browser').conflicts(['json', 'csv', 'from']))
    .addOption(
      new Option(
        '--web-address <address>',
        `as --web, with the page at host:port instead of ${formatEndpoint(DEFAULT_PLACE)}`,
      )
        .argParser(readEndpoint('listen'))
        .implies({ web: true }),
    )
}

function addReportOptions(command: Command): Command {
  return addPairsOption(command)
    .addOption(new Option('--json', 'print everything as one JSON document').conflicts('csv'))
    .addOption(new Option('--csv', 'print the students as comma-separated values').conflicts('json'))
    .option('-q, --quiet', 'no explanations and no progress, only results and errors')
}
