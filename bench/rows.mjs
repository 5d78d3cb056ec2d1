// The rows of the bench. A row is a family and its numbers, `tcp-echo-64x50`; numbers left out are the family's usual
// ones, so `tcp-echo` alone means the same row.
import { bulk } from './measure/bulk.mjs'
import { receiving, sending } from './measure/bursts.mjs'
import { echo } from './measure/echo.mjs'
import { idle } from './measure/idle.mjs'
import { importTime } from './measure/import.mjs'

// What every plain `bench` measures.
export const standard = [
  'tcp-echo-64',
  'udp-echo-64',
  'udp-recv-64',
  'udp-recv-1200',
  'udp-recv-gro-1200',
  'udp-send-64',
  'udp-sendmmsg-64',
  'udp-send-gso-1200',
  'idle',
  'import',
  'sendfile',
  'splice-proxy',
]

// subjects  in the order in which a round runs them
// against   subjects to which the others are compared; the first decides whether the row is too noisy
// goals     what we mean to reach: the cost (or another column) at most so much, or so many times the cost of another
// rounds    [usual, quick]; a round starts every subject afresh
// turns     how often a round goes through its subjects
const families = {
  'tcp-echo': (size = 64, connections = 50) => ({
    title: `TCP echo, ${size} bytes, ${connections} connections`,
    measure: echo,
    parameters: { protocol: 'tcp-echo', size, connections, ...operations(size) },
    subjects: ['c', 'node-net', 'berkeley', 'berkeley-into', 'python-asyncio'],
    against: ['c', 'node-net'],
    goals: [
      { subject: 'berkeley', to: 'c', most: 1.25 },
      { subject: 'berkeley', to: 'node-net', most: 0.75 },
    ],
    rounds: [5, 3],
    turns: 8,
  }),
  'udp-echo': (size = 64, connections = 50) => ({
    title: `UDP echo, ${size} bytes, ${connections} peers`,
    measure: echo,
    parameters: { protocol: 'udp-echo', size, connections, ...operations(size) },
    subjects: ['c', 'node-dgram', 'berkeley', 'berkeley-batch'],
    against: ['c', 'node-dgram'],
    goals: [{ subject: 'berkeley', to: 'c', most: 1.15 }],
    rounds: [5, 3],
    turns: 8,
  }),
  'udp-recv': (size = 64) => ({
    title: `UDP receive, ${size} bytes, from a queue that is full`,
    measure: receiving,
    parameters: { size, ...datagrams },
    subjects: [
      'c-recvmmsg',
      'c-recvfrom',
      'node-dgram',
      'berkeley',
      'berkeley-batch',
      'berkeley-recvfrom',
      'python',
    ],
    against: ['c-recvmmsg', 'c-recvfrom', 'node-dgram'],
    goals: [
      { subject: 'berkeley', to: 'c-recvmmsg', most: 1.3 },
      { subject: 'berkeley', to: 'node-dgram', most: 0.5 },
      { subject: 'berkeley-batch', to: 'c-recvmmsg', most: 1.1 },
      { subject: 'berkeley-batch', to: 'node-dgram', most: 0.42 },
    ],
    rounds: [5, 3],
    turns: 8,
  }),
  'udp-recv-gro': (size = 1200) => ({
    title: `UDP receive, ${size} bytes, ${segmentsOf(size)} datagrams put together (UDP_GRO)`,
    measure: receiving,
    parameters: { size, segments: segmentsOf(size), ...largeDatagrams },
    subjects: ['c-recvmmsg', 'berkeley', 'berkeley-batch'],
    against: ['c-recvmmsg'],
    goals: [
      { subject: 'berkeley', to: 'c-recvmmsg', most: 2 },
      { subject: 'berkeley-batch', to: 'c-recvmmsg', most: 2 },
    ],
    rounds: [5, 3],
    turns: 8,
  }),
  'udp-send': (size = 64) => ({
    title: `UDP send, ${size} bytes, one by one`,
    measure: sending,
    parameters: { size, ...datagrams },
    subjects: ['c-sendto', 'node-dgram', 'berkeley', 'python'],
    against: ['c-sendto', 'node-dgram'],
    goals: [{ subject: 'berkeley', to: 'c-sendto', most: 1.2 }],
    rounds: [5, 3],
    turns: 8,
  }),
  'udp-sendmmsg': (size = 64) => ({
    title: `UDP send, ${size} bytes, 64 at a time`,
    measure: sending,
    parameters: { size, ...datagrams },
    subjects: ['c-sendmmsg', 'berkeley-mmsg', 'berkeley-batch'],
    against: ['c-sendmmsg'],
    goals: [
      { subject: 'berkeley-mmsg', to: 'c-sendmmsg', most: 1.1 },
      { subject: 'berkeley-batch', to: 'c-sendmmsg', most: 1.1 },
    ],
    rounds: [5, 3],
    turns: 8,
  }),
  'udp-send-gso': (size = 1200) => ({
    title: `UDP send, ${size} bytes, ${segmentsOf(size)} datagrams cut by the kernel (UDP_SEGMENT)`,
    measure: sending,
    parameters: { size, segments: segmentsOf(size), ...largeDatagrams },
    subjects: ['c-gso', 'berkeley-gso'],
    against: ['c-gso'],
    goals: [{ subject: 'berkeley-gso', to: 'c-gso', most: 1.3 }],
    rounds: [5, 3],
    turns: 8,
  }),
  idle: (connections = 5000) => ({
    title: `memory of an idle TCP connection beyond the kernel's, ${connections} connections`,
    measure: idle,
    parameters: { protocol: 'tcp-echo', connections },
    subjects: ['c', 'node-net', 'berkeley', 'berkeley-pending', 'python-asyncio'],
    against: ['node-net'],
    goals: [{ subject: 'berkeley-pending', column: 'less nursery', most: 600 }],
    rounds: [5, 3],
    turns: 1,
  }),
  sendfile: (mebibytes = 1024) => moving('sendfile', 'file', mebibytes, 'a file to a TCP connection'),
  'splice-proxy': (mebibytes = 1024) => moving('splice-proxy', 'proxy', mebibytes, 'through a TCP proxy'),
  import: () => ({
    title: 'time of import',
    measure: importTime,
    parameters: {},
    subjects: ['empty', 'node-net', 'berkeley', 'berkeley-blocking'],
    against: [],
    goals: [{ subject: 'berkeley', most: 15 }],
    rounds: [15, 7],
    turns: 1,
  }),
}

function moving(protocol, kind, mebibytes, title) {
  return {
    title: `${mebibytes} MiB, ${title}`,
    measure: bulk,
    parameters: { protocol, kind, mebibytes },
    subjects: ['c', 'node-net', 'berkeley'],
    against: ['c', 'node-net'],
    goals: [{ subject: 'berkeley', to: 'c', most: 1.05 }],
    rounds: [5, 3],
    turns: 3,
  }
}

// A turn is short, a fifth of a second at the usual size, so that subjects are compared within the same moment.
function operations(size) {
  const measured = Math.max(500, Math.round(20_000 / (1 + size / 16_384)))
  return { warmup: 2 * measured, operations: measured }
}

const datagrams = { warmup: 200_000, operations: 50_000 }
// Many of them are one message: a compiler needs as many messages to do its work.
const largeDatagrams = { warmup: 2_000_000, operations: 200_000 }

// The most that the kernel takes as one: 64 datagrams, and 64 KiB with headers.
function segmentsOf(size) {
  return Math.max(1, Math.min(64, Math.floor(65_000 / size)))
}

function standardRows(name) {
  return standard.filter((row) => row === name || row.startsWith(`${name}-`))
}

function row(name) {
  const [, family, ...numbers] = /^([a-z-]*[a-z])(?:-(\d+)(?:x(\d+))?)?$/.exec(name) ?? []
  if (!Object.hasOwn(families, family)) {
    throw new RangeError(`no row "${name}"; the families are ${Object.keys(families).join(', ')}`)
  }
  return { name, ...families[family](...numbers.map((digits) => digits && Number(digits))) }
}

export function rowsNamed(names) {
  const asked = names.length === 0 ? standard : names
  const expanded = asked.flatMap((name) => (standardRows(name).length > 0 ? standardRows(name) : [name]))
  return [...new Set(expanded)].map(row)
}
