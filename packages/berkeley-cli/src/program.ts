// The program `berkeley`: its list of commands, and how any of them ends as an exit status.
// Rule: a command is a folder in commands/ with one function that adds it here; nothing else knows all of
//       them.
import { readFileSync } from 'node:fs'
import { OSError } from 'berkeley'
import { Command, CommanderError } from 'commander'
import { addClassroom } from './commands/classroom/command.ts'
import { CommandFailure, EXIT_FAILED, EXIT_OK, EXIT_USAGE, exitStatusHelp } from './exit-status.ts'
import type { Session } from './session.ts'

/** Runs the command line and gives the exit status. What it throws is a bug. */
export async function runProgram(commandLine: readonly string[], session: Session): Promise<number> {
  try {
    await makeProgram(session).parseAsync([...commandLine], { from: 'user' })
    return EXIT_OK
  } catch (error) {
    return exitStatusOf(error, session)
  }
}

function makeProgram(session: Session): Command {
  const { terminal } = session
  const program = new Command('berkeley')
    .description('Programs on Berkeley sockets.')
    .version(readVersion())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.say(text.trimEnd()),
    })
    .showHelpAfterError('(add --help for the usage)')
    .addHelpText('after', exitStatusHelp())
  addClassroom(program, session)
  return program
}

function exitStatusOf(error: unknown, { terminal, interruption }: Session): number {
  // commander has already said what is wrong, or printed the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE
  if (interruption.signal.aborted && error === interruption.signal.reason) return interruption.exitStatus
  if (!(error instanceof CommandFailure || error instanceof OSError)) throw error
  terminal.say(`${terminal.remarkColors.red('error:')} ${error.message}`)
  return error instanceof CommandFailure ? error.exitStatus : EXIT_FAILED
}

function readVersion(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  )
  return manifest.version
}
