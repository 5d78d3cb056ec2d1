// A server of lines: what it costs per line, or per visit, while visitors come and go (load/visits.c). The server may use
// all cores, since its threads and processes are what is measured; all of their CPU time counts.
import { compileLoad } from '../lib/compile.mjs'
import { missing, server } from '../subjects.mjs'

const columns = { 'lines/s': 0, 'visits/s': 0, 'p50 µs': 0, 'p99 µs': 0 }

function measuring(unit, costOf) {
  return {
    unit,
    columns,
    missing,
    async open(start, name, { handler, answer, text, visitors, lines, warmup, visits }) {
      const subject = start('subject on all cores', server('lines', name, { args: [handler] }).command)
      const port = await subject.line('PORT')
      const numbers = [port, subject.pid, visitors, lines].map(String)
      const load = start('load', [compileLoad('visits'), answer, ...numbers, text])
      await sample(load, warmup, costOf)
      return () => sample(load, visits, costOf)
    },
  }
}

export const perLine = measuring('µs CPU/line', ({ cpuSeconds, lines }) => (cpuSeconds / lines) * 1e6)
export const perVisit = measuring('µs CPU/visit', ({ cpuSeconds, visits }) => (cpuSeconds / visits) * 1e6)
export const wallClock = measuring('µs/line', ({ seconds, lines }) => (seconds / lines) * 1e6)

async function sample(load, count, costOf) {
  load.say(count)
  const result = JSON.parse(await load.line(''))
  const { lines, visits, seconds, p50, p99 } = result
  return {
    cost: costOf(result),
    'lines/s': lines / seconds,
    'visits/s': visits / seconds,
    'p50 µs': p50,
    'p99 µs': p99,
  }
}
