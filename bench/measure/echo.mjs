// An echo server: its CPU time per round trip, while the load generator keeps it busy.
import { compileLoad } from '../lib/compile.mjs'
import { missing, server } from '../subjects.mjs'

export const echo = {
  unit: 'µs CPU/op',
  columns: { 'op/s': 0, 'p50 µs': 0, 'p99 µs': 0 },
  missing,
  async open(start, name, { protocol, size, connections, warmup, operations }) {
    const subject = start('subject', server(protocol, name).command)
    const transport = protocol.split('-')[0]
    const port = await subject.line('PORT')
    const load = start('load', [
      compileLoad('echo'),
      transport,
      ...[port, subject.pid, size, connections].map(String),
    ])
    await roundTrips(load, warmup)
    return () => roundTrips(load, operations)
  },
}

async function roundTrips(load, count) {
  load.say(count)
  const { operations, seconds, cpuSeconds, p50, p99 } = JSON.parse(await load.line(''))
  return {
    cost: (cpuSeconds / operations) * 1e6,
    'op/s': operations / seconds,
    'p50 µs': p50,
    'p99 µs': p99,
  }
}
