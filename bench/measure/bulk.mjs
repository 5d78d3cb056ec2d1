// Many bytes through a server: its CPU time per GiB. The file, of random bytes, lies in the page cache.
import { randomFillSync } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileLoad } from '../lib/compile.mjs'
import { missing, server } from '../subjects.mjs'

const GIB = 2 ** 30
const PIECE = 16 * 2 ** 20

export const bulk = {
  unit: 'ms CPU/GiB',
  columns: { 'GiB/s': 2 },
  missing,
  async open(start, name, { protocol, kind, mebibytes }) {
    const path = fileOf(mebibytes)
    const load = start('load', [compileLoad('bulk'), path])
    const sink = await load.line('SINK')
    const subject = start('subject', [...server(protocol, name).command, kind === 'proxy' ? sink : path])
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
  const folder = mkdtempSync(join(tmpdir(), 'berkeley-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true }))
  const path = join(folder, 'file')
  const file = openSync(path, 'w')
  const piece = Buffer.alloc(PIECE)
  for (let written = 0; written < size; written += PIECE) {
    writeSync(file, randomFillSync(piece), 0, Math.min(PIECE, size - written))
  }
  closeSync(file)
  return path
}
