// A module's import: in a fresh process, the wall clock around `await import(…)`.
import { fileURLToPath } from 'node:url'
import { unbuilt } from '../subjects.mjs'

const path = (name) => fileURLToPath(new URL(`../subjects/import/${name}`, import.meta.url))

const modules = {
  empty: path('empty.mjs'),
  'node-net': 'node:net',
  berkeley: 'berkeley',
  'berkeley-blocking': 'berkeley/blocking',
}

export const importTime = {
  unit: 'ms',
  columns: { 'CPU ms': 2 },
  missing: (name) => (name.startsWith('berkeley') ? unbuilt() : undefined),
  open: (start, name) => async () => {
    const probe = start('subject', [process.execPath, path('probe.mjs'), modules[name]])
    const { wall, cpu } = JSON.parse(await probe.line(''))
    return { cost: wall, 'CPU ms': cpu }
  },
}
