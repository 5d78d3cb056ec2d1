// What the command line of `berkeley receive` looks like.
// Rule: nothing is done here; the action calls the one function of its command.
import type { Command } from 'commander'
import { ENDPOINT_HELP } from '../../endpoint.ts'
import { readSeconds } from '../../option-values.ts'
import { addCommonOptions } from '../../reporter.ts'
import type { Session } from '../../session.ts'
import { TRANSFER_EXIT_HELP } from '../../transfer/exit-help.ts'
import { type ReceiveOptions, receive } from './receive.ts'

const HELP = `${ENDPOINT_HELP}

Waits on the address until one sender has sent everything; senders whose connection breaks may come back.
A file has another name (.berkeley-….part) until its checksum was found right. Another file that has its
name already stays, unless --overwrite. Refused are names that lead out of the folder, and links that do.
For each file that is whole and verified, a line as sha256sum prints it.
Whoever can connect can put files into the folder.

Examples:
  $ berkeley receive incoming 0.0.0.0:2000
  $ berkeley receive incoming unix:/run/incoming --keep-open
  $ berkeley receive incoming --connect lab-7.local:2000
  $ berkeley receive incoming 0.0.0.0:2000 --quiet > SHA256SUMS
${TRANSFER_EXIT_HELP}`

export function defineReceive(command: Command, session: Session): void {
  addCommonOptions(command)
    .argument('<folder>', 'where to put what comes; it is made if it is not there')
    .argument('<address>', 'address to wait on')
    .option('-c, --connect', 'connect to a sender that listens on the address instead')
    .option('-k, --keep-open', 'receive from one sender after the other, until Ctrl-C')
    .option('--overwrite', 'let files replace others of their name')
    .option(
      '--retry <seconds>',
      'with --connect: again, until there was no progress for so long',
      readSeconds,
    )
    .option('--timeout <seconds>', 'give up after so much silence', readSeconds, 60)
    .addHelpText('after', HELP)
    .action((folder: string, address: string, options: ReceiveOptions) =>
      receive(folder, address, options, session),
    )
}
