// examples/nonblocking: echo servers on one thread, with clients of Python that read slowly, do nothing, or go.
import assert from 'node:assert/strict'
import { example, portOf, printedByPython, programTest, python } from './program.ts'

const MUCH = '20000000'

for (const name of ['select', 'epoll']) {
  programTest(
    `${name}.mjs serves clients of Python beside one that does not read, and one that says nothing`,
    async (t) => {
      const server = example(t, `nonblocking/${name}`, '0')
      const port = await portOf(server)
      const idle = python(t, 'idle', port)
      assert.equal(await idle.line(), 'connected')
      const stubborn = python(t, 'send_only', port)
      assert.equal(await stubborn.line(), 'full')
      const clients = [1, 2, 3].map(() => printedByPython('echo_client', port, MUCH))
      assert.deepEqual(await Promise.all(clients), ['all came back\n', 'all came back\n', 'all came back\n'])
      for (const _ of clients) assert.match(await server.line(), /^127\.0\.0\.1:\d+ sent 20000000 bytes$/)
      await printedByPython('reset', port)
      assert.match(await server.line(), /^127\.0\.0\.1:\d+ .*ECONNRESET/)
      stubborn.kill('SIGKILL')
      assert.match(await server.line(), /^127\.0\.0\.1:\d+ .*(ECONNRESET|EPIPE)/)
      idle.kill('SIGKILL')
      assert.match(await server.line(), /^127\.0\.0\.1:\d+ sent 0 bytes$/)
      assert.equal(await printedByPython('echo_client', port, '5'), 'all came back\n')
      server.kill('SIGINT')
      assert.equal(await server.ended, 'SIGINT')
    },
  )
}
