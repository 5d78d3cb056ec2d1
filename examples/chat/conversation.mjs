// @ts-check
// Two people who take turns on one connection (half duplex), a line each: a module of server.mjs and client.mjs.
import { clearLine, createInterface, cursorTo } from 'node:readline'
import { OSError } from 'berkeley'

const LONGEST_LINE = 4096

/**
 * Talks until somebody has had enough: Ctrl-D or Ctrl-C here, or the same there.
 * @param {import('berkeley').Socket<number>} connection
 * @param {boolean} isMyTurn who begins
 */
export async function talk(connection, isMyTurn) {
  const terminal = createInterface({ input: process.stdin, output: process.stdout, prompt: 'you: ' })
  const typed = terminal[Symbol.asyncIterator]() // Keeps what is typed before its turn.
  const enough = new AbortController()
  terminal.once('close', () => enough.abort())
  const other = connection.makefile('rw')
  try {
    for (;;) {
      if (isMyTurn) {
        terminal.prompt()
        const { value: line, done } = await typed.next()
        if (done) return console.log()
        await other.write(`${line}\n`)
        await other.flush()
      } else {
        const line = await other.readline(LONGEST_LINE, enough)
        if (line.length === LONGEST_LINE) return console.log('They talk too much.')
        if (!line.endsWith('\n')) return console.log('They have left.')
        if (process.stdout.isTTY) clearTyped() // The next prompt shows it again.
        console.log(`${new Date().toTimeString().slice(0, 8)} they: ${printable(line)}`)
      }
      isMyTurn = !isMyTurn
    }
  } catch (error) {
    if (enough.signal.aborted) return console.log()
    if (!(error instanceof OSError)) throw error
    console.log(`They have left: ${error.message}`)
  } finally {
    terminal.close()
    await other.close().catch(() => {}) // There is nobody to send the rest to.
    connection.close()
  }
}

/** What a stranger sends must not control the terminal. @param {string} line */
const printable = (line) => line.trimEnd().replace(/\p{Cc}/gu, '?')

function clearTyped() {
  cursorTo(process.stdout, 0)
  clearLine(process.stdout, 0)
}
