// @ts-check
// The same chat by calls that block, from top to bottom, as one would write it in Python. While it waits for one of the two,
// it does not hear the other: that the other has left is seen when it is the other's turn.
//
//   node examples/chat/blocking.mjs listen [PORT [HOST]]
//   node examples/chat/blocking.mjs connect [PORT [HOST]]
//
// prints
//
//   you: hello
//   14:03:09 they: hi, how are you?
import { readSync } from 'node:fs'
import { createConnection, createServer, OSError } from 'berkeley/blocking'

const [command, port = '7777', host = '127.0.0.1'] = process.argv.slice(2)
const LONGEST_LINE = 4096

/** Asks for a line, as Python's `input`; null at the end (Ctrl-D). @param {string} prompt */
function input(prompt) {
  process.stdout.write(prompt)
  const bytes = Buffer.alloc(1)
  const line = []
  while (readSync(0, bytes) === 1) {
    if (bytes.toString() === '\n') return Buffer.from(line).toString()
    line.push(...bytes)
  }
  return null
}

function accept() {
  const server = createServer([host, Number(port)])
  console.log(`listening on ${server.getsockname().join(':')}`)
  const [connection] = server.accept()
  server.close()
  return connection
}

if (!/^(listen|connect)$/.test(command ?? '')) throw new Error('usage: blocking.mjs listen|connect [PORT]')
const connection = command === 'listen' ? accept() : createConnection([host, Number(port)])
const other = connection.makefile('rw')
try {
  for (let isMyTurn = command === 'connect'; ; isMyTurn = !isMyTurn) {
    if (isMyTurn) {
      const line = input('you: ')
      if (line === null) break
      other.write(`${line}\n`)
      other.flush()
    } else {
      const line = other.readline(LONGEST_LINE)
      if (!line.endsWith('\n')) break // They have left; or the line is too long.
      console.log(`${new Date().toTimeString().slice(0, 8)} they: ${line.trimEnd().replace(/\p{Cc}/gu, '?')}`)
    }
  }
  other.close()
} catch (error) {
  if (!(error instanceof OSError)) throw error
  console.log(error.message)
}
console.log('The chat is over.')
connection.close()
