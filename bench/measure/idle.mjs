// Idle connections: how much a server's own memory grows by each, the kernel's part not counted. Some
// connections are opened before the measurement begins, so that what is needed once is not billed to them.
import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { compileLoad } from '../lib/compile.mjs'
import { missing, server } from '../subjects.mjs'

const FIRST = 500

export const idle = {
  unit: 'bytes/conn',
  columns: { 'less nursery': 0, 'JS heap': 0 },
  missing,
  async open(start, name, { protocol, connections }) {
    const { command, settles } = server(protocol, name, { settling: true })
    const subject = start('subject', command)
    const load = start('load', [compileLoad('tcp-idle'), await subject.line('PORT')])
    await hold(load, FIRST)
    return async () => {
      const before = await memory(subject, settles)
      await hold(load, connections)
      const after = await memory(subject, settles)
      const growth = (what) => (what(after) - what(before)) / connections
      return {
        cost: growth(({ resident }) => resident),
        'less nursery': growth(({ resident, nursery }) => resident - nursery),
        'JS heap': growth(({ heap }) => heap),
      }
    }
  },
}

// The same where one number must do: less the nursery where that is known.
export const idleMemory = {
  ...idle,
  columns: {},
  async open(...given) {
    const sample = await idle.open(...given)
    return async () => {
      const { cost, 'less nursery': less } = await sample()
      return { cost: Number.isFinite(less) ? less : cost }
    }
  },
}

async function hold(load, more) {
  load.say(more)
  await load.line('HELD')
}

async function memory(subject, settles) {
  const [heap, nursery] = settles ? await settle(subject) : [Number.NaN, Number.NaN]
  await setTimeout(100)
  return { resident: residentMemory(subject.pid), heap, nursery }
}

async function settle(subject) {
  subject.signal('SIGUSR2')
  return (await subject.line('SETTLED')).split(' ').map(Number)
}

// Anonymous pages only: those of mapped files (the program itself) come and go by other rules.
function residentMemory(pid) {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1')
  return Number(/^Anonymous:\s+(\d+) kB/m.exec(rollup)[1]) * 1024
}
