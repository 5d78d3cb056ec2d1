// Rows of servers: `berkeley/socketserver` of each kind, beside Python's and node:cluster.
import { perLine, perVisit, wallClock } from '../measure/visits.mjs'

export const standard = ['server-lines', 'hand-over', 'two-cores']

const echo = { handler: 'echo', answer: 'echo', text: 'how are you, says %' }

export const families = {
  'server-lines': (visitors = 50, lines = 100) => ({
    title: `echo of lines by a server, ${visitors} visitors, ${lines} lines each`,
    measure: perLine,
    parameters: { ...echo, visitors, lines, warmup: 4 * visitors, visits: 2 * visitors },
    subjects: [
      'TCPServer',
      'AsyncTCPServer',
      'ThreadingTCPServer',
      'ForkingTCPServer',
      'reuse-port',
      'node-cluster',
      'python-threading',
    ],
    against: ['python-threading', 'node-cluster'],
    goals: [
      { subject: 'AsyncTCPServer', to: 'python-threading', most: 1 },
      { subject: 'ThreadingTCPServer', to: 'node-cluster', most: 1 },
    ],
    rounds: [5, 3],
    turns: 4,
  }),
  // What a hand-over costs is what a server with threads costs more than one that serves itself.
  'hand-over': (visitors = 50) => ({
    title: `a connection, a line, its answer, ${visitors} visitors at a time`,
    measure: perVisit,
    parameters: { ...echo, visitors, lines: 1, warmup: 10_000, visits: 2500 },
    subjects: [
      'AsyncTCPServer',
      'ThreadingTCPServer',
      'ForkingTCPServer',
      'reuse-port',
      'node-cluster',
      'python-threading',
    ],
    against: ['AsyncTCPServer'],
    goals: [
      { subject: 'ThreadingTCPServer', beyond: 'AsyncTCPServer', most: 60 },
      { subject: 'ForkingTCPServer', beyond: 'AsyncTCPServer', most: 60 },
    ],
    rounds: [5, 3],
    turns: 5,
  }),
  'two-cores': (visitors = 32) => ({
    title: `a handler that computes, ${visitors} visitors, on two cores and on one`,
    measure: wallClock,
    parameters: {
      handler: 'fibonacci',
      answer: 'any',
      text: '29', // Some milliseconds: with less, what is measured is the hand-over and the visitors, who need the same two cores.
      visitors,
      lines: 1,
      warmup: 2 * visitors,
      visits: 2 * visitors,
    },
    subjects: [
      'one-thread',
      'two-threads',
      'two-processes',
      'reuse-port',
      'node-cluster',
      'python-threading',
    ],
    against: ['one-thread'],
    goals: ['two-threads', 'two-processes'].map((subject) => ({ subject, to: 'one-thread', most: 1 / 1.8 })),
    rounds: [5, 3],
    turns: 3,
  }),
}
