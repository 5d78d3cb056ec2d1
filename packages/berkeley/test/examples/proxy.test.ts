// examples/proxy.mjs between a client and a server that are CPython's.
import assert from 'node:assert/strict'
import { example, portOf, printedByPython, programTest, python } from './program.ts'

programTest('proxy.mjs passes on both directions and their ends', async (t) => {
  const port = await portOf(python(t, 'proxied', 'serve'))
  const proxy = example(t, 'proxy', '0', '127.0.0.1', port)
  const [, proxyPort] = /^127\.0\.0\.1:(\d+) → /.exec(await proxy.line())!
  assert.equal(await printedByPython('proxied', 'ask', proxyPort!), 'all right\n')
  assert.match(await proxy.line(), /: 30000000 bytes there, 25600032 bytes back$/)
})
