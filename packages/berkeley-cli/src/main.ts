// Where the process begins: signals, broken pipes and the exit status; everything else is in program.ts.
// Rule: process.exit() is not called where a command ends. It ends when nothing is open any more, which shows
//       that everything it started has stopped.
import { watchInterruption } from './interruption.ts'
import { runProgram } from './program.ts'
import { Terminal } from './terminal.ts'

// Whoever read our results has enough of them, as `head` has: that is no failure, and there is nobody to
// tell.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})
// Nobody reads what is said beside the results: the work goes on.
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

process.exitCode = await runProgram(process.argv.slice(2), {
  terminal: new Terminal(process.stdout, process.stderr, process.env),
  interruption: watchInterruption(),
})
