// examples/time: each server with Python's client, and the client with Python's server.
import assert from 'node:assert/strict'
import { example, portOf, printedBy, printedByPython, programTest, python } from './program.ts'

for (const name of ['server', 'socketserver']) {
  programTest(`${name}.mjs tells Python the time`, async (t) => {
    const server = example(t, `time/${name}`, '0')
    const port = await portOf(server)
    for (let client = 0; client < 3; client++) {
      assert.equal(await printedByPython('time_client', port), 'right\n')
      assert.match(await server.line(), /^told 127\.0\.0\.1:\d+$/)
    }
    server.kill('SIGINT')
    assert.equal(await server.ended, name === 'server' ? 'SIGINT' : 0)
  })
}

programTest("client.mjs gets the time from Python's server, which ignores it at first", async (t) => {
  const port = await portOf(python(t, 'time_server', '2'))
  const before = Date.now()
  const told = Date.parse((await printedBy('time/client', port)).trim())
  assert.ok(told >= before - 10 && told <= Date.now() + 10)
})

programTest('client.mjs says that nobody is there', async (t) => {
  const server = python(t, 'time_server')
  const port = await portOf(server)
  server.kill('SIGKILL')
  await server.ended
  const client = example(t, 'time/client', port)
  assert.match((await client.rest()).join('\n'), /ECONNREFUSED/)
  assert.equal(await client.ended, 1)
})
