// examples/chat: each side with Python on the other, several turns, and how it ends.
import assert from 'node:assert/strict'
import type { Scope } from '../scope.ts'
import { example, portOf, programTest, python, type Running } from './program.ts'

function said(line: string, text: string): void {
  // The prompt stands before it, where nobody typed a line end on the screen.
  const [, what] = /^(?:you: )?\d\d:\d\d:\d\d they: (.*)$/.exec(line) ?? []
  assert.equal(what, text, line)
}

/** `first` begins; each says something, twice. */
async function talk(first: Running, second: Running): Promise<void> {
  for (const [asked, answered] of [
    ['hello', 'hi, how are you?'],
    ['Zoë is well', ''],
  ] as const) {
    first.write(`${asked}\n`)
    said(await second.line(), asked)
    second.write(`${answered}\n`)
    said(await first.line(), answered)
  }
}

const listening = {
  'server.mjs': (t: Scope) => example(t, 'chat/server', '0'),
  'blocking.mjs': (t: Scope) => example(t, 'chat/blocking', 'listen', '0'),
  python: (t: Scope) => python(t, 'chat', 'listen'),
}
const connecting = {
  'client.mjs': (t: Scope, port: string) => example(t, 'chat/client', port),
  'blocking.mjs': (t: Scope, port: string) => example(t, 'chat/blocking', 'connect', port),
  python: (t: Scope, port: string) => python(t, 'chat', 'connect', port),
}

for (const [serverName, listen] of Object.entries(listening)) {
  for (const [clientName, connect] of Object.entries(connecting)) {
    if (serverName === clientName) continue
    programTest(`${serverName} and ${clientName} talk, until one has had enough`, async (t) => {
      const server = listen(t)
      const client = connect(t, await portOf(server))
      if (clientName === 'client.mjs') assert.match(await client.line(), /is here\. You begin/)
      if (serverName === 'server.mjs') assert.match(await server.line(), /is here, and begins/)
      await talk(client, server)
      client.end()
      assert.match((await server.rest()).join('\n'), /[Tt]hey have left|The chat is over/)
      assert.deepEqual([await client.ended, await server.ended], [0, 0])
    })
  }
}

programTest('server.mjs leaves at Ctrl-C while it waits, and Python is told', async (t) => {
  const server = example(t, 'chat/server', '0')
  const client = python(t, 'chat', 'connect', await portOf(server))
  assert.match(await server.line(), /is here, and begins/)
  server.end() // As Ctrl-C and Ctrl-D: the terminal's input is over.
  assert.equal(await server.ended, 0)
  client.write('hello\nanybody there?\n')
  assert.match((await client.rest()).join('\n'), /they have left|ConnectionResetError|BrokenPipeError/)
})

programTest('what a stranger sends does not control the terminal, and is not too long', async (t) => {
  for (const [name, expected] of [
    ['chat/client', /They talk too much/],
    ['chat/blocking', /The chat is over/],
  ] as const) {
    const server = python(t, 'chat', 'listen')
    const port = await portOf(server)
    const client = name === 'chat/client' ? example(t, name, port) : example(t, name, 'connect', port)
    if (name === 'chat/client') await client.line()
    client.write('hello\n')
    said(await server.line(), 'hello')
    server.write('\u001b[2Jgone\u0007\n')
    said(await client.line(), '?[2Jgone?')
    client.write('hello\n')
    said(await server.line(), 'hello')
    server.write(`${'x'.repeat(10_000)}\n`)
    assert.match((await client.rest()).join('\n'), expected)
  }
})
