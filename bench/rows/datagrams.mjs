// Rows about datagrams over UDP.
import { receiving, sending } from '../measure/bursts.mjs'
import { echo } from '../measure/echo.mjs'
import { goals, operations, usual } from './goals.mjs'

export const standard = [
  'udp-echo-64',
  'udp-recv-64',
  'udp-recv-1200',
  'udp-recv-gro-1200',
  'udp-send-64',
  'udp-sendmmsg-64',
  'udp-send-gso-1200',
]

const nodes = ['node-dgram', 'newest-node-dgram']

export const families = {
  'udp-echo': (size = 64, connections = 50) => ({
    title: `UDP echo, ${size} bytes, ${connections} peers`,
    measure: echo,
    parameters: { protocol: 'udp-echo', size, connections, ...operations(size) },
    subjects: ['c', ...nodes, 'bun', 'deno', 'berkeley', 'berkeley-batch', 'python', 'python-asyncio'],
    against: ['c', 'node-dgram'],
    goals: goals('berkeley', { c: 1.15, 'node-dgram': 0.7, bun: 0.9, deno: 0.9 }),
    ...usual,
  }),
  'udp-recv': (size = 64) => ({
    title: `UDP receive, ${size} bytes, from a queue that is full`,
    measure: receiving,
    parameters: { size, ...datagrams },
    subjects: [
      'c-recvmmsg',
      'c-recvfrom',
      ...nodes,
      'bun',
      'deno',
      'berkeley',
      'berkeley-batch',
      'berkeley-recvfrom',
      'python',
    ],
    against: ['c-recvmmsg', 'node-dgram'],
    goals: [
      ...goals('berkeley', { 'c-recvmmsg': 1.3, 'node-dgram': 0.5, bun: 0.75, deno: 0.75 }),
      ...goals('berkeley-batch', { 'c-recvmmsg': 1.1, 'node-dgram': 0.42, bun: 0.75, deno: 0.75 }),
    ],
    ...usual,
  }),
  'udp-recv-gro': (size = 1200) => ({
    title: `UDP receive, ${size} bytes, ${segmentsOf(size)} datagrams put together (UDP_GRO)`,
    measure: receiving,
    parameters: { size, segments: segmentsOf(size), ...largeDatagrams },
    subjects: ['c-recvmmsg', ...nodes, 'bun', 'deno', 'berkeley', 'berkeley-batch'],
    against: ['c-recvmmsg', 'node-dgram'],
    goals: [
      ...goals('berkeley', { 'c-recvmmsg': 2, 'node-dgram': 0.12, bun: 0.25, deno: 0.25 }),
      ...goals('berkeley-batch', { 'c-recvmmsg': 2 }),
    ],
    ...usual,
  }),
  'udp-send': (size = 64) => ({
    title: `UDP send, ${size} bytes, one by one`,
    measure: sending,
    parameters: { size, ...datagrams },
    subjects: ['c-sendto', ...nodes, 'bun', 'deno', 'berkeley', 'python'],
    against: ['c-sendto', 'node-dgram'],
    goals: goals('berkeley', { 'c-sendto': 1.2, 'node-dgram': 1.1, bun: 1, deno: 1 }),
    ...usual,
  }),
  'udp-sendmmsg': (size = 64) => ({
    title: `UDP send, ${size} bytes, 64 at a time`,
    measure: sending,
    parameters: { size, ...datagrams },
    subjects: ['c-sendmmsg', 'node-dgram', 'bun-many', 'berkeley-mmsg', 'berkeley-batch'],
    against: ['c-sendmmsg', 'node-dgram'],
    goals: [
      ...goals('berkeley-mmsg', { 'c-sendmmsg': 1.1, 'node-dgram': 0.85, 'bun-many': 1 }),
      ...goals('berkeley-batch', { 'c-sendmmsg': 1.1 }),
    ],
    ...usual,
  }),
  'udp-send-gso': (size = 1200) => ({
    title: `UDP send, ${size} bytes, ${segmentsOf(size)} datagrams cut by the kernel (UDP_SEGMENT)`,
    measure: sending,
    parameters: { size, segments: segmentsOf(size), ...largeDatagrams },
    subjects: ['c-gso', 'node-dgram', 'bun-many', 'berkeley-gso'],
    against: ['c-gso', 'node-dgram'],
    goals: goals('berkeley-gso', { 'c-gso': 1.3, 'node-dgram': 0.25, 'bun-many': 1 }),
    ...usual,
  }),
}

const datagrams = { warmup: 60_000, operations: 30_000 }
// Many of them are one message: a compiler needs as many messages to do its work.
const largeDatagrams = { warmup: 400_000, operations: 60_000 }

// The most that the kernel takes as one: 64 datagrams, and 64 KiB with headers.
function segmentsOf(size) {
  return Math.max(1, Math.min(64, Math.floor(65_000 / size)))
}
