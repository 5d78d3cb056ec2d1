// @ts-check
// Sends files to receive.mjs, one after the other. Their bytes go from the disk to the network inside the kernel
// (sendfile); only for the checksum they are read.
//
//   node examples/files/send.mjs FILE... [--to HOST:PORT]
//
// prints
//
//   saved picture.jpg, 48213 bytes
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { createConnection } from 'berkeley'

const { values, positionals: paths } = parseArgs({
  options: { to: { type: 'string', default: '127.0.0.1:7777' } },
  allowPositionals: true,
})
const [, host, port] = /^(.+):(\d+)$/.exec(values.to ?? '') ?? []
if (paths.length === 0 || !host) {
  console.error('usage: send.mjs FILE... [--to HOST:PORT]')
  process.exit(2)
}

/** What the server says in the end. @param {string} path */
async function send(path) {
  const file = await open(path)
  const connection = await createConnection([String(host), Number(port)], { timeout: 30 })
  const server = connection.makefile('r')
  try {
    const { size } = await file.stat()
    const hash = createHash('sha256')
    await pipeline(file.createReadStream({ start: 0, autoClose: false }), hash)
    const header = { name: basename(path), size, sha256: hash.digest('hex') }
    await connection.sendall(`${JSON.stringify(header)}\n`)
    const answer = await server.readline() // Who would send at once might be reset before it could read a refusal.
    if (answer !== 'ready\n') return answer
    if (size > 0) await connection.sendfile(file, 0, size) // Not what was added in the meantime.
    return await server.readline()
  } finally {
    await server.close()
    connection.close()
    await file.close()
  }
}

for (const path of paths) {
  const answer = (await send(path)) || `${path}: the server closed the connection\n`
  process.stdout.write(answer)
  if (!answer.startsWith('saved ')) process.exitCode = 1
}
