// Rows about what is not moving bytes: memory, start, names.
import { idle } from '../measure/idle.mjs'
import { importTime } from '../measure/import.mjs'
import { lookups } from '../measure/lookups.mjs'
import { goals } from './goals.mjs'

export const standard = ['idle', 'import', 'lookups']

export const families = {
  idle: (connections = 5000) => ({
    title: `memory of an idle TCP connection beyond the kernel's, ${connections} connections`,
    measure: idle,
    parameters: { protocol: 'tcp-echo', connections },
    subjects: [
      'c',
      'node-net',
      'newest-node-net',
      'bun',
      'deno',
      'berkeley',
      'berkeley-pending',
      'python-asyncio',
    ],
    against: ['node-net'],
    goals: [
      { subject: 'berkeley-pending', column: 'less nursery', most: 450 },
      { subject: 'berkeley', column: 'less nursery', to: 'node-net', most: 0.15 },
      { subject: 'berkeley', to: 'bun', most: 0.8 },
    ],
    rounds: [3, 2],
    turns: 1,
  }),
  import: () => ({
    title: 'time of import',
    measure: importTime,
    parameters: {},
    subjects: ['empty', 'node-net', 'berkeley', 'berkeley-blocking'],
    against: [],
    goals: [{ subject: 'berkeley', most: 10 }],
    rounds: [15, 7],
    turns: 1,
  }),
  lookups: (count = 100) => ({
    title: `reading a file of 4 KiB while ${count} slow names are looked up`,
    measure: lookups,
    parameters: { count },
    subjects: ['no-lookups', 'node-dns', 'newest-node-dns', 'bun', 'deno', 'berkeley'],
    against: ['no-lookups'],
    goals: goals('berkeley', { 'no-lookups': 1.25 }),
    rounds: [5, 3],
    turns: 1,
  }),
}
