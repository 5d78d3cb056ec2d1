// @ts-check
// The hash of a file, computed by the kernel (AF_ALG), as sha256sum prints it.
//
//   node examples/families/hash.mjs sha256 README.md
//
// prints
//
//   9b2c…  README.md
import { readFileSync } from 'node:fs'
import { AF_ALG, MSG_MORE, SOCK_SEQPACKET, Socket } from 'berkeley/blocking'

const [name, file] = process.argv.slice(2)
if (!name || !file) {
  console.error('usage: hash.mjs ALGORITHM FILE')
  process.exit(2)
}

// One socket is the algorithm, each that it accepts an operation.
const algorithm = new Socket(AF_ALG, SOCK_SEQPACKET)
algorithm.bind(['hash', name])
const [operation] = algorithm.accept()

operation.sendall(readFileSync(file), MSG_MORE)
operation.send('') // Without MSG_MORE: that was all.
console.log(`${operation.recv(64).toString('hex')}  ${file}`)
operation.close()
algorithm.close()
