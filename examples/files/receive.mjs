// @ts-check
// Receives files into a folder, from many clients at once: name, size and checksum in a line of JSON, then the bytes. What
// exists is not overwritten, nothing is written elsewhere, and what comes cut short or damaged is not kept. Ctrl-C waits for
// what is under way; a second one does not.
//
//   node examples/files/receive.mjs FOLDER [PORT [HOST]]
//
// prints
//
//   127.0.0.1:49152: saved picture.jpg, 48213 bytes
import { createHash } from 'node:crypto'
import { open, unlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createServer } from 'berkeley'

const [folder = '.', port = '7777', host = '127.0.0.1'] = process.argv.slice(2)
const [PATIENCE, LONGEST_HEADER, CHUNK] = [30, 4096, 65_536] // Seconds for each step; bytes.

/** @param {import('berkeley').SocketFile<'async', 'rwb'>} client @returns what it has done */
async function receive(client) {
  const { name, size, sha256 } = JSON.parse(`${await client.readline(LONGEST_HEADER)}`)
  if (name !== basename(name) || /^\.|^$|\p{Cc}/u.test(name)) throw new Error('that is no name')
  if (!Number.isSafeInteger(size) || size < 0) throw new Error('that is no size')
  const path = join(folder, name)
  const file = await open(path, 'wx') // Fails if it exists, also as a link to somewhere else.
  try {
    await client.write(Buffer.from('ready\n')).then(() => client.flush())
    const hash = createHash('sha256')
    for (let left = size; left > 0; ) {
      const data = await client.read1(Math.min(left, CHUNK))
      if (data.length === 0) throw new Error(`the last ${left} bytes of ${name} did not come`)
      hash.update(data)
      await file.appendFile(data)
      left -= data.length
    }
    if (hash.digest('hex') !== sha256) throw new Error(`${name} came damaged`)
  } catch (error) {
    await unlink(path)
    throw error
  } finally {
    await file.close()
  }
  return `saved ${name}, ${size} bytes`
}

const server = createServer([host, Number(port)])
process.once('SIGINT', () => server.close()) // Ends the iteration.
console.log(`listening on ${server.getsockname().join(':')}`)
for await (const [connection, address] of server) {
  connection.settimeout(PATIENCE)
  const client = connection.makefile('rwb')
  connection.close() // It stays open until its file is closed.
  receive(client)
    .catch((error) => `refused: ${error.message}`)
    .then(async (outcome) => {
      console.log(`${address.join(':')}: ${outcome}`)
      await client.write(Buffer.from(`${outcome}\n`)).finally(() => client.close())
    })
    .catch(() => {}) // It has gone, and cannot be told.
}
