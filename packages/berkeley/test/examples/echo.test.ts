// examples/echo: each server with Python's clients, and the client with Python's server.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { example, output, pathOfExample, portOf, printedByPython, programTest, python } from './program.ts'

// More than the buffers of both sides hold: who does not read while it sends would wait for ever.
const MUCH = 20_000_000

for (const name of ['one-at-a-time', 'event-loop', 'threads', 'socketserver']) {
  programTest(`${name}.mjs sends back to clients of Python all they send`, async (t) => {
    const server = example(t, `echo/${name}`, '0')
    const port = await portOf(server)
    const clients = [1, 2, 3].map(() => printedByPython('echo_client', port, String(MUCH)))
    assert.deepEqual(await Promise.all(clients), ['all came back\n', 'all came back\n', 'all came back\n'])
    for (const _ of clients) assert.match(await server.line(), /^127\.0\.0\.1:\d+.* sent 20000000 bytes$/)
  })

  programTest(`${name}.mjs serves on when a client resets its connection`, async (t) => {
    const server = example(t, `echo/${name}`, '0')
    const port = await portOf(server)
    await printedByPython('reset', port)
    assert.match(await server.line(), /^127\.0\.0\.1:\d+: .*ECONNRESET/)
    assert.equal(await printedByPython('echo_client', port, '5'), 'all came back\n')
    assert.match(await server.line(), / sent 5 bytes$/)
  })

  programTest(`${name}.mjs ends at Ctrl-C, and its port is free`, async (t) => {
    const server = example(t, `echo/${name}`, '0')
    const port = await portOf(server)
    await printedByPython('echo_client', port, '5')
    assert.match(await server.line(), / sent 5 bytes$/)
    server.kill('SIGINT')
    // Who blocks, or has nothing to say, leaves it to the system.
    const isGraceful = name === 'event-loop' || name === 'socketserver'
    assert.equal(await server.ended, isGraceful ? 0 : 'SIGINT')
    assert.equal(await portOf(example(t, `echo/${name}`, port)), port)
  })
}

programTest("client.mjs gets from Python's server what it sends", async (t) => {
  const port = await portOf(python(t, 'echo_server'))
  const data = randomBytes(MUCH)
  assert.ok(output(process.execPath, [pathOfExample('echo/client'), port], data).equals(data))
})
