// What the command line of `berkeley chat` looks like: listen and connect.
import type { Command } from 'commander'
import { ENDPOINT_HELP, type Endpoint, readEndpoint } from '../../endpoint.ts'
import { exitStatusHelp } from '../../exit-status.ts'
import { readCount, readSeconds } from '../../option-values.ts'
import { addCommonOptions } from '../../reporter.ts'
import type { Session } from '../../session.ts'
import { type ConnectOptions, connectForChat, type ListenOptions, listenForChat } from './chat.ts'

const HELP = `
The listener talks with all who connect, and relays what each says to the others; /name ada takes a name, /who
tells who is here, /quit leaves. On the wire is a line for each message (<ada> hello), so ncat is a client.
With --half-duplex two talk in turn, the one who connected begins; the lines go over the wire as they are.

On a terminal the chat has a screen of its own: PgUp and PgDn scroll, the arrows recall what was typed. With --plain,
and where input or output is no terminal, there are only lines.
${ENDPOINT_HELP}

Examples:
  $ berkeley chat listen 0.0.0.0:7000 --name ada
  $ berkeley chat connect 192.168.1.7:7000 --name bob
  $ berkeley chat listen :7000 --half-duplex
  $ ncat 127.0.0.1 7000
  $ berkeley chat connect unix:/run/chat --json < questions.txt
${exitStatusHelp('left, or the other side has closed')}`

export function defineChat(chat: Command, session: Session): void {
  chat.addHelpText('after', HELP)
  addChatOptions(chat.command('listen'))
    .description('wait for others, and talk with them')
    .argument(
      '<address>',
      'where to listen: host:port, :port, unix:path, vsock:cid:port',
      readEndpoint('listen'),
    )
    .option('--guests <count>', 'most others at a time', readCount(1, 10_000), 64)
    .action((endpoint: Endpoint, options: ListenOptions) => listenForChat(endpoint, options, session))
  addChatOptions(chat.command('connect'))
    .description('talk with who listens there')
    .argument(
      '<address>',
      'whom to talk with: host:port, :port, unix:path, vsock:cid:port',
      readEndpoint('connect'),
    )
    .option('-t, --timeout <seconds>', 'limit for connecting', readSeconds, 10)
    .action((endpoint: Endpoint, options: ConnectOptions) => connectForChat(endpoint, options, session))
}

function addChatOptions(command: Command): Command {
  command
    .option('-n, --name <name>', 'what the others call you')
    .option('--half-duplex', 'talk in turn, with one other')
    .option('--bare', 'without names, notices and commands on the wire')
    .option('--stall-limit <seconds>', 'give up on who reads nothing for so long', readSeconds, 20)
    .option('--plain', 'lines only, also on a terminal')
  return addCommonOptions(command).addHelpText('after', HELP)
}
