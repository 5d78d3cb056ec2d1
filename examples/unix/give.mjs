// @ts-check
// Gives an open file to another process: not its name, the descriptor itself, which the kernel copies. So a privileged
// program can open what others may not, and leave the work to them.
//
//   node examples/unix/give.mjs PATH FILE       gives the file to each who connects
//   node examples/unix/take.mjs PATH
//
// prints
//
//   listening on /tmp/gifts
//   gave /etc/shadow to process 4711
import { unlinkSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { AF_UNIX, createServer, OSError, sendFds } from 'berkeley'
import { getPeerCredentials } from 'berkeley/options'

const [path, name] = process.argv.slice(2)
if (!path || !name) {
  console.error('usage: give.mjs PATH FILE')
  process.exit(2)
}

const server = createServer(path, { family: AF_UNIX })
process.on('exit', () => unlinkSync(path))
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit())
console.log(`listening on ${path}`)

for await (const [connection] of server) {
  // Opened anew for each: all who have a descriptor of one opening share its position.
  const file = await open(name)
  try {
    await sendFds(connection, [name], [file.fd]) // At least a byte has to go with it.
    console.log(`gave ${name} to process ${getPeerCredentials(connection).pid}`)
  } catch (error) {
    if (!(error instanceof OSError)) throw error
    console.log(error.message)
  } finally {
    await file.close() // Theirs stays open.
    connection.close()
  }
}
