// examples/lines: the servers with Python's client, and the client with Python's servers.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { example, portOf, printedBy, printedByPython, programTest, python } from './program.ts'

const folder = mkdtempSync(join(tmpdir(), 'berkeley-'))
after(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'names')
writeFileSync(file, 'Ada\n\n  \nZoë Škvorecká\n\nGrace')

const answers = {
  hello: ['hello Ada', 'hello Zoë Škvorecká', 'hello Grace'],
  upper: ['ADA', 'ZOË ŠKVORECKÁ', 'GRACE'],
}

function assertAnswered(printed: string, expected: readonly string[]): void {
  const lines = printed.trimEnd().split('\n')
  assert.match(lines.pop()!, /^3 lines in \d+\.\d{3} s$/)
  assert.deepEqual(lines, expected)
}

for (const [name, answer] of [
  ['greet', 'hello'],
  ['upper', 'upper'],
] as const) {
  programTest(`${name}.mjs answers many clients of Python at once`, async (t) => {
    const server = example(t, `lines/${name}`, '0')
    const port = await portOf(server)
    // Those that are there before, and say nothing, hold nobody up.
    const idle = [1, 2, 3].map(() => python(t, 'idle', port))
    for (const client of idle) assert.equal(await client.line(), 'connected')
    // Python's file ends in a line without an end, which it sends as it is.
    writeFileSync(`${file}-${name}`, 'Ada\n\n  \nZoë Škvorecká\n\nGrace\n')
    const clients = [1, 2, 3].map(() => printedByPython('send_lines', `${file}-${name}`, port))
    for (const printed of await Promise.all(clients)) assertAnswered(printed, answers[answer])
    server.kill('SIGINT')
    assert.equal(await server.ended, 0)
  })

  programTest(`send.mjs gets the answers of Python's server: ${answer}`, async (t) => {
    const port = await portOf(python(t, 'line_server', answer))
    assertAnswered(await printedBy('lines/send', file, port), answers[answer])
  })
}

programTest('send.mjs fails when a line has no answer', async (t) => {
  const port = await portOf(python(t, 'hang_up'))
  const client = example(t, 'lines/send', file, port)
  const said = await client.rest()
  assert.equal(await client.ended, 1)
  assert.match(said.join('\n'), /line 1 has no answer|ECONNRESET/)
})
