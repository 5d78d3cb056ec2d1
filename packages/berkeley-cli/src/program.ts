// The program `berkeley`: made of the commands in commands.ts, and how any of them ends as an exit status.
// Rule: only the command that the command line names is loaded; of the others the help has name and description.
import { readFileSync } from 'node:fs'
import { OSError } from 'berkeley'
import { Command, CommanderError } from 'commander'
import { COMMANDS, commandNamed } from './commands.ts'
import { CommandFailure, EXIT_FAILED, EXIT_OK, EXIT_USAGE, exitStatusHelp } from './exit-status.ts'
import type { Session } from './session.ts'

/** Runs the command line and gives the exit status. What it throws is a bug. */
export async function runProgram(commandLine: readonly string[], session: Session): Promise<number> {
  try {
    const program = await makeProgram(commandLine, session)
    await program.parseAsync([...commandLine], { from: 'user' })
    return EXIT_OK
  } catch (error) {
    return exitStatusOf(error, session)
  }
}

async function makeProgram(commandLine: readonly string[], session: Session): Promise<Command> {
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
  const named = commandNamed(commandLine)
  for (const entry of COMMANDS) {
    const command = program.command(entry.name).description(entry.description)
    if (entry === named) (await entry.load())(command, session)
  }
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
