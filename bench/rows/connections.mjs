// Rows about connections: TCP, and Unix sockets.
import { bulk } from '../measure/bulk.mjs'
import { echo, requests, rights } from '../measure/echo.mjs'
import { goals, operations, usual } from './goals.mjs'

export const standard = [
  'tcp-echo-64x1',
  'tcp-echo-64x50',
  'tcp-echo-64x500',
  'tcp-echo-16384x50',
  'tcp-send',
  'tcp-recv',
  'tcp-accept',
  'tcp-blocking',
  'unix-stream-echo',
  'unix-seqpacket-echo',
  'unix-datagram-echo',
  'rights-echo',
  'sendfile',
  'splice-proxy',
]

const others = ['c', 'node-net', 'newest-node-net', 'bun', 'deno']

export const families = {
  'tcp-echo': (size = 64, connections = 50) => ({
    title: `TCP echo, ${size} bytes, ${connections} connection${connections === 1 ? '' : 's'}`,
    measure: echo,
    parameters: {
      protocol: 'tcp-echo',
      size,
      connections,
      ...operations(size, connections < 4 ? 4000 : 10_000),
    },
    subjects: [...others, 'berkeley', 'berkeley-into', 'python-asyncio'],
    against: ['c', 'node-net'],
    goals: goals(
      'berkeley',
      size < 4096
        ? { c: 1.1, 'node-net': 0.72, bun: 1, deno: 1 }
        : { c: 1.12, 'node-net': 0.6, bun: 0.9, deno: 0.9 },
    ),
    ...usual,
  }),
  'tcp-send': (mebibytes = 1024) => ({
    title: `${mebibytes} MiB over TCP, sent in writes of 64 KiB`,
    ...moving('tcp-send', 'blocks', mebibytes),
    subjects: [...others, 'berkeley', 'python', 'python-asyncio'],
    goals: goals('berkeley', { c: 1.1, 'node-net': 0.8, bun: 1, deno: 1 }),
  }),
  'tcp-recv': (mebibytes = 1024) => ({
    title: `${mebibytes} MiB over TCP, received`,
    ...moving('tcp-recv', 'count', mebibytes),
    subjects: [...others, 'berkeley', 'berkeley-into', 'python', 'python-asyncio'],
    goals: goals('berkeley', { c: 1.1, 'node-net': 0.8, bun: 1, deno: 1 }),
  }),
  'tcp-accept': (size = 64, connections = 16) => ({
    title: `TCP: accept, one request of ${size} bytes, close`,
    measure: requests,
    parameters: { protocol: 'tcp-accept', size, connections, ...operations(0, 3000) },
    subjects: [...others, 'berkeley', 'python', 'python-asyncio'],
    against: ['c', 'node-net'],
    goals: goals('berkeley', { c: 1.3, 'node-net': 0.6, bun: 1, deno: 1 }),
    ...usual,
  }),
  'tcp-blocking': (size = 64) => ({
    title: `blocking request and response over one TCP connection, ${size} bytes`,
    measure: echo,
    parameters: { protocol: 'tcp-blocking', size, connections: 1, ...operations(size, 5000) },
    subjects: ['c', 'berkeley-blocking', 'python'],
    against: ['c', 'python'],
    goals: goals('berkeley-blocking', { c: 1.15, python: 0.9 }),
    ...usual,
  }),
  'unix-stream-echo': (size = 64, connections = 50) => ({
    ...unix('stream', size, connections),
    subjects: [...others, 'berkeley', 'python-asyncio'],
    against: ['c', 'node-net'],
    goals: goals('berkeley', { c: 1.25, 'node-net': 0.65, bun: 1, deno: 1 }),
  }),
  'unix-seqpacket-echo': (size = 64, connections = 50) => ({
    ...unix('seqpacket', size, connections),
    subjects: ['c', 'node-unix-socket', 'berkeley', 'python'],
    against: ['c', 'node-unix-socket'],
    goals: goals('berkeley', { c: 1.25, 'node-unix-socket': 1 }),
  }),
  'unix-datagram-echo': (size = 64, connections = 50) => ({
    ...unix('datagram', size, connections),
    subjects: ['c', 'node-unix-socket', 'deno', 'berkeley', 'python'],
    against: ['c', 'node-unix-socket'],
    goals: goals('berkeley', { c: 1.25, 'node-unix-socket': 1, deno: 1 }),
  }),
  'rights-echo': () => ({
    title: 'a descriptor passed over a Unix socket, and back',
    measure: rights,
    parameters: { protocol: 'rights-echo', ...operations(0, 5000) },
    subjects: ['c', 'berkeley', 'berkeley-blocking', 'python'],
    against: ['c', 'python'],
    goals: [
      ...goals('berkeley', { c: 1.5, python: 1 }),
      ...goals('berkeley-blocking', { c: 1.5, python: 1 }),
    ],
    ...usual,
  }),
  sendfile: (mebibytes = 1024) => ({
    title: `${mebibytes} MiB, a file to a TCP connection`,
    ...moving('sendfile', 'file', mebibytes),
    subjects: [...others, 'berkeley', 'python'],
    goals: goals('berkeley', { c: 1.05, 'node-net': 0.4, bun: 0.6, deno: 0.6 }),
  }),
  'splice-proxy': (mebibytes = 1024) => ({
    title: `${mebibytes} MiB, through a TCP proxy`,
    ...moving('splice-proxy', 'proxy', mebibytes),
    subjects: [...others, 'berkeley', 'python-asyncio'],
    goals: goals('berkeley', { c: 1.05, 'node-net': 0.4, bun: 0.6, deno: 0.6 }),
  }),
}

function unix(kind, size, connections) {
  const protocol = `unix-${kind}-echo`
  return {
    title: `Unix ${kind} echo, ${size} bytes, ${connections} peers`,
    measure: echo,
    parameters: { protocol, size, connections, ...operations(size) },
    ...usual,
  }
}

function moving(protocol, kind, mebibytes) {
  return {
    measure: bulk,
    parameters: { protocol, kind, mebibytes },
    against: ['c', 'node-net'],
    rounds: [5, 3],
    turns: 1,
  }
}
