// examples/unix: each type of socket with Python on the other side, and files given and taken.
import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { example, printedBy, printedByPython, programTest, python } from './program.ts'

const folder = mkdtempSync(join(tmpdir(), 'berkeley-'))
after(() => rmSync(folder, { recursive: true }))
const messages = ['one', 'three', '22']

/** A stream may join pieces, and only that. */
function assertAnswers(kind: string, printed: string): void {
  const sizes = [...printed.matchAll(/(\d+) bytes/g)].map(([, size]) => Number(size))
  if (kind === 'stream')
    assert.equal(
      sizes.reduce((sum, size) => sum + size),
      10,
    )
  else assert.deepEqual(sizes, [3, 5, 2])
}

for (const kind of ['stream', 'seqpacket', 'datagram']) {
  programTest(`server.mjs ${kind} answers Python, and leaves no path behind`, async (t) => {
    const path = join(folder, `ours-${kind}`)
    const server = example(t, 'unix/server', kind, path)
    assert.equal(await server.line(), `listening on ${path}`)
    for (let client = 0; client < 2; client++) {
      assertAnswers(kind, await printedByPython('unix', 'send', kind, path, ...messages))
    }
    if (kind !== 'stream') assert.equal(await server.line(), 'received "one"')
    server.kill('SIGINT')
    assert.equal(await server.ended, 0)
    assert.ok(!existsSync(path))
  })

  programTest(`client.mjs ${kind} is answered by Python`, async (t) => {
    const path = join(folder, `theirs-${kind}`)
    assert.equal(await python(t, 'unix', 'serve', kind, path).line(), `listening on ${path}`)
    assertAnswers(kind, await printedBy('unix/client', kind, path, ...messages))
  })

  programTest(`server.mjs ${kind} takes the path of one that was killed, and of no other`, async (t) => {
    const path = join(folder, `taken-${kind}`)
    const killed = example(t, 'unix/server', kind, path)
    assert.equal(await killed.line(), `listening on ${path}`)
    const second = example(t, 'unix/server', kind, path)
    assert.match((await second.rest()).join('\n'), /EADDRINUSE/)
    assert.ok(existsSync(path))
    killed.kill('SIGKILL')
    await killed.ended
    assert.equal(await example(t, 'unix/server', kind, path).line(), `listening on ${path}`)
    assertAnswers(kind, await printedBy('unix/client', kind, path, ...messages))
  })
}

programTest('server.mjs datagram serves on when a sender is gone', async (t) => {
  const path = join(folder, 'gone')
  const server = example(t, 'unix/server', 'datagram', path)
  assert.equal(await server.line(), `listening on ${path}`)
  await printedByPython('vanish', path)
  assertAnswers('datagram', await printedByPython('unix', 'send', 'datagram', path, ...messages))
})

const secret = join(folder, 'secret')
writeFileSync(secret, 'for few\n')
chmodSync(secret, 0o600)

programTest('give.mjs gives a file to each Python that comes', async (t) => {
  const path = join(folder, 'gifts')
  const giving = example(t, 'unix/give', path, secret)
  assert.equal(await giving.line(), `listening on ${path}`)
  for (let client = 0; client < 2; client++) {
    assert.equal(await printedByPython('gift', 'take', path), `${secret}: for few\n`)
    assert.match(await giving.line(), new RegExp(`^gave ${secret} to process \\d+$`))
  }
  giving.kill('SIGTERM')
  assert.equal(await giving.ended, 0)
  assert.ok(!existsSync(path))
})

programTest('take.mjs takes a file from Python', async (t) => {
  const path = join(folder, 'their-gifts')
  assert.equal(await python(t, 'gift', 'give', path, secret).line(), `listening on ${path}`)
  assert.equal(await printedBy('unix/take', path), 'for few\n')
})
