// @ts-check
// Takes an open file from another process (give.mjs), by calls that block, and prints it: also one that we could not open.
//
//   node examples/unix/take.mjs PATH
//
// prints what is in the file
import { closeSync, readFileSync } from 'node:fs'
import { AF_UNIX, MSG_CTRUNC, recvFds, SOCK_STREAM, Socket } from 'berkeley/blocking'

const [path] = process.argv.slice(2)
if (!path) {
  console.error('usage: take.mjs PATH')
  process.exit(2)
}

const socket = new Socket(AF_UNIX, SOCK_STREAM)
socket.settimeout(10)
socket.connect(path)
const [name, [fd], flags] = recvFds(socket, 4096, 1)
socket.close()
if (fd === undefined || flags & MSG_CTRUNC) throw new Error('no descriptor came, or more than one')
try {
  console.error(`${name}:`)
  process.stdout.write(readFileSync(fd))
} finally {
  closeSync(fd) // What was received is ours to close.
}
