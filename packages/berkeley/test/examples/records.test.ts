// examples/records: the server with Python's clients, and the client with Python's server.
import assert from 'node:assert/strict'
import { example, portOf, printedBy, printedByPython, programTest, python } from './program.ts'

const record = { height: 165, name: 'Zoë Škvorecká', sizes: Array.from({ length: 20_000 }, (_, i) => i) }

programTest('server.mjs sends its record to every client of Python', async (t) => {
  const server = example(t, 'records/server', JSON.stringify(record), '0')
  const port = await portOf(server)
  const idle = python(t, 'idle', port)
  assert.equal(await idle.line(), 'connected')
  const received = await Promise.all([1, 2, 3].map(() => printedByPython('record', 'receive', port)))
  for (const text of received) assert.deepEqual(JSON.parse(text), record)
  for (const _ of received) assert.match(await server.line(), /^sent to 127\.0\.0\.1:\d+$/)
  server.kill('SIGINT')
  idle.kill('SIGKILL')
  assert.equal(await server.ended, 0)
})

programTest('server.mjs refuses what is no JSON', async (t) => {
  const server = example(t, 'records/server', '{"name"}', '0')
  assert.match((await server.rest()).join('\n'), /SyntaxError/)
  assert.equal(await server.ended, 1)
})

programTest("client.mjs prints the record of Python's server", async (t) => {
  const port = await portOf(python(t, 'record', 'serve', '{"name": "Ada", "height": 165}'))
  assert.equal(await printedBy('records/client', port), "{ name: 'Ada', height: 165 }\n")
})

programTest('client.mjs takes no record that is too large', async (t) => {
  const port = await portOf(python(t, 'endless'))
  const client = example(t, 'records/client', port)
  assert.match((await client.rest()).join('\n'), /a record of more than 1000000 bytes/)
})
