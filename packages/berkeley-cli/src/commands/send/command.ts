// What the command line of `berkeley send` looks like.
// Rule: nothing is done here; the action calls the one function of its command.
import type { Command } from 'commander'
import { ENDPOINT_HELP } from '../../endpoint.ts'
import { readSeconds } from '../../option-values.ts'
import { addCommonOptions } from '../../reporter.ts'
import type { Session } from '../../session.ts'
import { TRANSFER_EXIT_HELP } from '../../transfer/exit-help.ts'
import { type SendOptions, send } from './send.ts'

const HELP = `${ENDPOINT_HELP}

Each path is sent under its last name, a folder with everything in it: modes (without set-user-id and the
like), times, symbolic links as links. A link on the command line is followed. Devices, pipes and sockets
are not sent. What the receiver has already is not sent again, if its checksum is right: so after a break
the same command goes on where it ended.
For each file that is whole and verified on the other side, a line as sha256sum prints it.
Nothing is encrypted, and nobody is asked for a password: use it in networks you trust, or through ssh.

Examples:
  $ berkeley send photos notes.txt 192.168.1.7:2000
  $ berkeley send disk.img lab-7.local:2000 --retry 600
  $ berkeley send --listen photos 0.0.0.0:2000
  $ ssh -NL 2000:127.0.0.1:2000 lab-7.local & berkeley send photos 127.0.0.1:2000
${TRANSFER_EXIT_HELP}`

export function defineSend(command: Command, session: Session): void {
  addCommonOptions(command)
    // commander wants the list last; the address is the last of it.
    .argument('<paths...>', 'files and folders, and last the address of the receiver')
    .usage('[options] <path...> <address>')
    .option('-l, --listen', 'wait on the address for the receiver instead of connecting to it')
    .option('-k, --keep-open', 'with --listen: send to one receiver after the other, until Ctrl-C')
    .option(
      '--retry <seconds>',
      'connect again after a failure, until there was no progress for so long',
      readSeconds,
    )
    .option('--timeout <seconds>', 'give up after so much silence', readSeconds, 60)
    .addHelpText('after', HELP)
    .action((paths: string[], options: SendOptions) => send(paths, options, session))
}
