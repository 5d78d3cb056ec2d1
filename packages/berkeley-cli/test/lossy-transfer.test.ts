// `send` and `receive` over a line that loses one packet in twenty and takes 100 ms in each direction.
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { lackingWire, openBadPair, runIn } from './bad-wire.ts'
import { linesOf, makeFolder, namesBelow, partialIn, sha256, writeRandomFile } from './transfers.ts'

test('5 % loss and 100 ms: cut in the middle, gone on with, and all arrives', {
  skip: lackingWire(),
}, async (context) => {
  const folder = makeFolder(context)
  const source = join(folder, 'things')
  const target = join(folder, 'in')
  mkdirSync(source)
  const checksum = writeRandomFile(join(source, 'large'), 400_000)
  for (let number = 0; number < 100; number++) writeFileSync(join(source, `small ${number}`), `${number}`)

  const { left, right, cut } = await openBadPair(context, 0.05, 0.1)
  try {
    const receiver = runIn(right, 'receive', target, '10.8.0.2:2000', '--json')
    await receiver.untilRemark(/Listening/)
    const first = runIn(left, 'send', source, '10.8.0.2:2000', '--json')
    while (partialIn(target) === undefined) await new Promise((resolve) => setTimeout(resolve, 50))
    first.child.kill('SIGKILL')
    await receiver.untilRemark(/the connection (ended|broke)|the sender closed/)

    const second = await runIn(left, 'send', source, '10.8.0.2:2000', '--json').ended
    assert.equal(second.status, 0, second.remarks)
    assert.equal((await receiver.ended).status, 0)
    // A round trip for each of the hundred would be twenty seconds by itself.
    const end = linesOf(second.results).at(-1)
    assert.equal(end?.files, 101)
    context.diagnostic(`the second time: ${JSON.stringify(end)}`)
  } finally {
    const lost = await cut()
    assert.ok(lost > 0, 'the wire did lose packets')
    context.diagnostic(`the wire lost ${lost} packets`)
  }
  assert.equal(sha256(join(target, 'things/large')), checksum)
  assert.equal(namesBelow(join(target, 'things')).length, 101)
})
