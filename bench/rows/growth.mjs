// The curves: how cost grows with the number of something. Each point is a row as the others are.
import { receiving, sending } from '../measure/bursts.mjs'
import { echo } from '../measure/echo.mjs'
import { idleMemory } from '../measure/idle.mjs'
import { inside } from '../measure/inside.mjs'
import { operations } from './goals.mjs'

const MOST_CONNECTIONS = 15_000
const datagrams = { size: 64, warmup: 30_000, operations: 20_000 }

// along     what grows
// at        the numbers
// row       the row at a number: what is measured, and of whom
// must      what the growth of `subject` must be
export const curves = [
  {
    name: 'connections',
    title: 'CPU time per round trip of 64 bytes, against connections, all of them busy',
    along: 'connections',
    at: [1, 10, 100, 1000, 5000, MOST_CONNECTIONS],
    row: (connections) => ({
      measure: echo,
      parameters: {
        protocol: 'tcp-echo',
        size: 64,
        connections,
        ...operations(64, Math.max(5000, connections)),
      },
      subjects: ['c', 'node-net', 'bun', 'berkeley'],
    }),
    subject: 'berkeley',
    must: 'flat',
  },
  {
    name: 'memory',
    title: "memory per idle connection beyond the kernel's and V8's nursery, against connections",
    along: 'connections',
    at: [500, 1500, 5000, MOST_CONNECTIONS],
    row: (connections) => ({
      measure: idleMemory,
      parameters: { protocol: 'tcp-echo', connections },
      subjects: ['c', 'node-net', 'bun', 'berkeley', 'berkeley-pending'],
      turns: 1,
    }),
    subject: 'berkeley-pending',
    must: 'flat',
  },
  {
    name: 'payload',
    title: 'CPU time per round trip, against the number of bytes, 10 connections',
    along: 'bytes',
    at: [1, 16, 256, 4096, 65_536, 1_048_576],
    row: (size) => ({
      measure: echo,
      parameters: { protocol: 'tcp-echo', size, connections: 10, ...operations(size, 5000) },
      subjects: ['c', 'node-net', 'bun', 'berkeley'],
    }),
    subject: 'berkeley',
    must: 'linear',
  },
  {
    name: 'batch-received',
    title: 'CPU time per datagram received, against datagrams in a batch',
    along: 'datagrams in a batch',
    at: [1, 4, 16, 64, 256],
    row: (batch) => ({
      measure: receiving,
      parameters: { ...datagrams, batch },
      subjects: ['c-recvmmsg', 'berkeley', 'berkeley-batch'],
    }),
    subject: 'berkeley-batch',
    must: 'flat',
  },
  {
    name: 'batch-sent',
    title: 'CPU time per datagram sent, against datagrams in a batch',
    along: 'datagrams in a batch',
    at: [1, 4, 16, 64, 256],
    row: (batch) => ({
      measure: sending,
      parameters: { ...datagrams, batch },
      subjects: ['c-sendmmsg', 'berkeley-mmsg', 'berkeley-batch'],
    }),
    subject: 'berkeley-batch',
    must: 'flat',
  },
  {
    name: 'pending',
    title: 'CPU time per reception, against receptions that wait on one socket',
    along: 'receptions that wait',
    at: [1, 10, 100, 1000, 10_000],
    row: (count) => ({
      measure: inside,
      parameters: { count, operations: 10_000 },
      subjects: ['pending', 'pending-aborted'],
    }),
    subject: 'pending',
    must: 'flat',
  },
  {
    name: 'timeouts',
    title: 'CPU time per round trip with time limits, against other time limits that run',
    along: 'time limits that run',
    at: [0, 100, 1000, 10_000, 100_000],
    row: (count) => ({
      measure: inside,
      parameters: { count, operations: 5000 },
      subjects: ['timeouts'],
    }),
    subject: 'timeouts',
    must: 'flat',
  },
].map((curve) => ({ ...curve, row: (number) => point(curve, number) }))

function point({ name, title, along, row }, number) {
  return {
    name: `${name}-${number}`,
    title: `${title}: ${number} ${along}`,
    against: [],
    goals: [],
    turns: 3,
    ...row(number),
  }
}
