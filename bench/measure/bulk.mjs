// Many bytes through a server: its CPU time per GiB. The file, of random bytes, lies in the page cache.
import { randomFillSync } from 'node:crypto'
import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { compileLoad } from '../lib/compile.mjs'
import { temporaryFolder } from '../lib/folder.mjs'
import { missing, server } from '../subjects.mjs'

const GIB = 2 ** 30
const PIECE = 16 * 2 ** 20
const BLOCK = 64 * 2 ** 10

// What the server must know, for each kind of transfer (load/bulk.c).
const told = {
  file: ({ path }) => [path],
  proxy: ({ sink }) => [sink],
  blocks: ({ path, mebibytes }) => [path, String((mebibytes * 2 ** 20) / BLOCK)],
  count: () => [],
}

export const bulk = {
  unit: 'ms CPU/GiB',
  columns: { 'GiB/s': 2 },
  missing,
  async open(start, name, { protocol, kind, mebibytes }) {
    const path = fileOf(mebibytes)
    const load = start('load', [compileLoad('bulk'), path])
    const sink = await load.line('SINK')
    const subject = start('subject', [
      ...server(protocol, name).command,
      ...told[kind]({ path, sink, mebibytes }),
    ])
    load.say(`${await subject.line('PORT')} ${subject.pid}`)
    await transfer(load, kind) // The first is for warming up.
    return () => transfer(load, kind)
  },
}

async function transfer(load, kind) {
  load.say(kind)
  const { bytes, seconds, cpuSeconds } = JSON.parse(await load.line(''))
  return { cost: (cpuSeconds * 1e3) / (bytes / GIB), 'GiB/s': bytes / GIB / seconds }
}

const files = new Map()

function fileOf(mebibytes) {
  if (!files.has(mebibytes)) files.set(mebibytes, makeFile(mebibytes * 2 ** 20))
  return files.get(mebibytes)
}

function makeFile(size) {
  const path = join(temporaryFolder(), 'file')
  const file = openSync(path, 'w')
  const piece = Buffer.alloc(PIECE)
  for (let written = 0; written < size; written += PIECE) {
    writeSync(file, randomFillSync(piece), 0, Math.min(PIECE, size - written))
  }
  closeSync(file)
  return path
}
