// examples/framing: messages of Python in many pieces and in one, and ours to Python.
import assert from 'node:assert/strict'
import { example, portOf, printedBy, printedByPython, programTest, python } from './program.ts'

const messages = ['hello', '', 'Zoë Škvorecká', 'x'.repeat(5000)]
const printed = messages.map((message) => `${message}\n`).join('')

programTest('merged.mjs shows what Python sees', async () => {
  const [ours, theirs] = [await printedBy('framing/merged'), await printedByPython('merged')]
  assert.ok(ours.startsWith(theirs), ours)
  const [, receives] = /1 send of 1000000 bytes\n(\d+) receives, the first of \d+ bytes\n$/.exec(ours)!
  assert.ok(Number(receives) > 1)
})

for (const kind of ['length', 'line']) {
  programTest(`${kind}.mjs sends messages of Python back, in whatever pieces they come`, async (t) => {
    const server = example(t, `framing/${kind}`, 'serve', '0')
    const port = await portOf(server)
    assert.equal(await printedByPython('framing', kind, 'send', port, ...messages), printed + printed)
    for (const message of [...messages, ...messages]) {
      assert.ok((await server.line()).endsWith(`: ${JSON.stringify(message)}`))
    }
  })

  programTest(`${kind}.mjs gets its messages back from Python`, async (t) => {
    const port = await portOf(python(t, 'framing', kind, 'serve'))
    assert.equal(await printedBy(`framing/${kind}`, 'send', port, ...messages), printed)
  })
}

for (const [kind, bytes, complaint, times = '1'] of [
  ['length', '0000', /ended within a length/],
  ['length', '0000000561', /ended within a message/],
  ['length', 'ffffffff', /a message of 4294967295 bytes/],
  ['line', '6162', /ended within a message/],
  ['line', '61', /a message of more than 65536 bytes/, '70000'],
] as const) {
  programTest(`${kind}.mjs refuses ${times} × ${bytes}, and serves on`, async (t) => {
    const server = example(t, `framing/${kind}`, 'serve', '0')
    const port = await portOf(server)
    await printedByPython('send_bytes', port, bytes, times)
    assert.match(await server.line(), complaint)
    assert.equal(await printedByPython('framing', kind, 'send', port, 'hello'), 'hello\nhello\n')
  })
}
