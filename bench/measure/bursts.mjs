// Datagrams in bursts: the subject's CPU time for each. Between two bursts it stands at the gate, a FIFO from which it
// reads a byte, so that its queue can be filled, or emptied, while it does nothing; and what was sent is compared with
// what was received.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileLoad } from '../lib/compile.mjs'
import { temporaryFolder } from '../lib/folder.mjs'
import { missing, server } from '../subjects.mjs'

const LARGEST_BURST = 2048

// So many as fit into a socket's queue, where the kernel counts what the memory of a datagram takes, with its headers.
function fitting(size, segments) {
  const room = 2 * Number(readFileSync('/proc/sys/net/core/rmem_max', 'latin1'))
  const each = segments > 1 ? 2 * size : 2 * size + 1000
  const most = Math.floor((0.8 * room) / each)
  return Math.max(segments, Math.min(most, LARGEST_BURST) - (Math.min(most, LARGEST_BURST) % segments))
}

function makeGate() {
  const gate = join(temporaryFolder(), 'gate')
  execFileSync('mkfifo', [gate])
  return gate
}

function inBursts(open) {
  return {
    unit: 'µs CPU/datagram',
    columns: { 'datagrams/s': 0 },
    missing,
    async open(start, name, { size, segments = 1, batch = 64, warmup, operations }) {
      const burst = fitting(size, segments)
      const load = await open(start, name, { gate: makeGate(), size, burst, segments, batch })
      await datagrams(load, Math.ceil(warmup / burst))
      return () => datagrams(load, Math.ceil(operations / burst))
    },
  }
}

async function datagrams(load, bursts) {
  load.say(bursts)
  const { operations, seconds, cpuSeconds } = JSON.parse(await load.line(''))
  return { cost: (cpuSeconds / operations) * 1e6, 'datagrams/s': operations / seconds }
}

export const receiving = inBursts(async (start, name, { gate, size, burst, segments, batch }) => {
  const { command } = server('udp-recv', name)
  const mode = segments > 1 ? 'gro' : 'plain'
  const subject = start('subject', [...command, gate, mode, String(batch)])
  const port = await subject.line('PORT')
  return start('load', [
    compileLoad('udp-recv'),
    ...[port, subject.pid, gate, size, burst, segments].map(String),
  ])
})

export const sending = inBursts(async (start, name, { gate, size, burst, segments, batch }) => {
  const load = start('load', [compileLoad('udp-send'), ...[gate, size, burst].map(String)])
  const ports = (await load.line('PORTS')).split(' ')
  const { command } = server('udp-send', name)
  const subject = start('subject', [
    ...command,
    gate,
    ...ports,
    ...[size, burst, segments, batch].map(String),
  ])
  load.say(subject.pid)
  return load
})
