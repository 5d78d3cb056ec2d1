// examples/multicast: who asks and who answers, ours and Python's.
import assert from 'node:assert/strict'
import { inNamespace } from '../namespace.ts'
import { example, printedBy, printedByPython, programTest, python } from './program.ts'

// lo does multicast only if it is told to.
const network = ['link set lo up', 'link set lo multicast on', 'address add 10.7.7.1/24 dev lo']
const LISTENING = 'listening on 239.77.77.77:7778'

/** Who is found. Those who ask wait for a second: on a busy machine that may not be enough, and they ask once more. */
async function assertFound(find: () => Promise<string>, expected: readonly string[]): Promise<void> {
  let names: string[] = []
  for (let tries = 0; tries < 5 && names.length < expected.length; tries++) {
    const lines = (await find().catch(() => '')).trimEnd().split('\n')
    names = lines.map((line) => /^(.*) at (?:127\.0\.0\.1|10\.7\.7\.1)$/.exec(line)?.[1] ?? line).sort()
  }
  assert.deepEqual(names, expected)
}

inNamespace(import.meta.url, network, () => {
  programTest('find.mjs finds all that answer, ours and those of Python', async (t) => {
    const answering = [
      example(t, 'multicast/answer', 'printer', 'lo'),
      python(t, 'discovery', 'answer', 'scanner', 'lo'),
      python(t, 'discovery', 'answer', 'bell\u0007', 'lo'),
    ]
    for (const program of answering) assert.equal(await program.line(), LISTENING)
    await assertFound(() => printedBy('multicast/find', 'lo'), ['bell?', 'printer', 'scanner'])
    assert.match(await answering[0]!.line(), /^told [\d.]+:\d+$/)
  })

  programTest('answer.mjs is found by Python', async (t) => {
    for (const name of ['printer', 'scanner']) {
      assert.equal(await example(t, 'multicast/answer', name, 'lo').line(), LISTENING)
    }
    await assertFound(() => printedByPython('discovery', 'find', 'lo'), ['printer', 'scanner'])
  })

  programTest('find.mjs says that nobody answers', async (t) => {
    const finding = example(t, 'multicast/find', 'lo')
    assert.match((await finding.rest()).join('\n'), /nobody answers/)
    assert.equal(await finding.ended, 1)
  })
})
