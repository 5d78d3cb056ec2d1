// @ts-check
// Sends a text file line by line, waits for the answer to each, and prints how long that took. Blank lines are skipped.
//
//   node examples/lines/send.mjs FILE [PORT [HOST]]
//
// prints, with examples/lines/greet.mjs as the server,
//
//   hello Ada
//   hello Grace
//   2 lines in 0.004 s
import { open } from 'node:fs/promises'
import { createConnection } from 'berkeley'

const [path, port = '7777', host = '127.0.0.1'] = process.argv.slice(2)
if (!path) {
  console.error('usage: send.mjs FILE [PORT [HOST]]')
  process.exit(2)
}

const file = await open(path)
const connection = await createConnection([host, Number(port)], { timeout: 10 }) // Seconds, for each wait.
const server = connection.makefile('rw')
let count = 0
const start = performance.now()
for await (const line of file.readLines()) {
  if (line.trim() === '') continue
  await server.write(`${line}\n`)
  await server.flush() // What is written waits in a buffer until then: the server would wait for us, and we for it.
  const answer = await server.readline()
  if (!answer.endsWith('\n'))
    throw new Error(`the server closed the connection; line ${count + 1} has no answer`)
  process.stdout.write(answer)
  count++
}
const seconds = (performance.now() - start) / 1000
console.log(`${count} lines in ${seconds.toFixed(3)} s`)
await server.close()
connection.close()
