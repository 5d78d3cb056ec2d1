// An echo server, or one that answers in another way: its CPU time per round trip, while the load generator keeps it busy.
import { join } from 'node:path'
import { compileLoad } from '../lib/compile.mjs'
import { temporaryFolder } from '../lib/folder.mjs'
import { missing, server } from '../subjects.mjs'

let paths = 0

// A server over Unix sockets is told the path it must take.
function started(start, name, protocol) {
  const { command } = server(protocol, name)
  const path = /^(unix|rights)-/.test(protocol) ? [join(temporaryFolder(), `${++paths}`)] : []
  return start('subject', [...command, ...path])
}

// `loadCommand` makes the command of the load generator: from the port or path, the server's process, and the parameters.
function inTurns(columns, loadCommand) {
  return {
    unit: 'µs CPU/op',
    columns,
    missing,
    async open(start, name, { protocol, warmup, operations, ...parameters }) {
      const subject = started(start, name, protocol)
      const port = await subject.line('PORT')
      const load = start('load', loadCommand(port, subject.pid, protocol, parameters).map(String))
      await roundTrips(load, warmup)
      return () => roundTrips(load, operations)
    },
  }
}

async function roundTrips(load, count) {
  load.say(count)
  const { operations, seconds, cpuSeconds, p50, p99, p999 } = JSON.parse(await load.line(''))
  return {
    cost: (cpuSeconds / operations) * 1e6,
    'op/s': operations / seconds,
    'p50 µs': p50,
    'p99 µs': p99,
    'p99.9 µs': p999,
  }
}

export const echo = inTurns(
  { 'op/s': 0, 'p50 µs': 0, 'p99 µs': 0, 'p99.9 µs': 0 },
  (port, pid, protocol, { size, connections }) => {
    const transport = protocol.replace(/-(echo|blocking)$/, '')
    return [compileLoad('echo'), transport, port, pid, size, connections]
  },
)

export const requests = inTurns({ 'op/s': 0 }, (port, pid, _, { size, connections }) => {
  return [compileLoad('requests'), port, pid, size, connections]
})

export const rights = inTurns({ 'op/s': 0 }, (path, pid) => [compileLoad('rights'), path, pid])
