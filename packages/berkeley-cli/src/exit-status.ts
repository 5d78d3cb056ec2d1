// What the process tells the shell that started it, the same for every command, and the errors that carry it.
// Rule: a failure that a user can cause is one of these classes and prints as one line; anything else is a
//       bug and keeps its stack.

export const EXIT_OK = 0
export const EXIT_FAILED = 1
export const EXIT_USAGE = 2

/** For the end of every --help. */
export function exitStatusHelp(
  done = 'done',
  interrupted = '\n  130  interrupted by Ctrl-C (143 by SIGTERM)',
): string {
  return `
Exit status:
  0    ${done}
  1    nothing found, or it failed
  2    the command line is wrong${interrupted}`
}

/** The command could not do its work; the message says why. */
export class CommandFailure extends Error {
  readonly exitStatus: number = EXIT_FAILED
}

/** The command line asks for something that makes no sense. */
export class UsageError extends CommandFailure {
  override readonly exitStatus = EXIT_USAGE
}
