// `send` and `receive` over a line that loses one packet in twenty and takes 100 ms in each direction.
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openLossyLink, withoutLossyLink } from './lossy-link.ts'
import { linesOf, makeFolder, namesBelow, partialIn, sha256, writeRandomFile } from './transfers.ts'

test('5 % loss and 100 ms: cut in the middle, gone on with, and all arrives', {
  skip: withoutLossyLink(),
}, async (context) => {
  const folder = makeFolder(context)
  const source = join(folder, 'things')
  const target = join(folder, 'in')
  mkdirSync(source)
  const checksum = writeRandomFile(join(source, 'large'), 400_000)
  for (let number = 0; number < 100; number++) writeFileSync(join(source, `small ${number}`), `${number}`)

  const line = await openLossyLink(0.05, 0.1)
  try {
    const receiver = line.berkeley('b', 'receive', target, '10.77.0.2:2000', '--json')
    await receiver.untilRemark(/Listening/)
    const first = line.berkeley('a', 'send', source, '10.77.0.2:2000', '--json')
    while (partialIn(target) === undefined) await new Promise((resolve) => setTimeout(resolve, 50))
    first.child.kill('SIGKILL')
    await receiver.untilRemark(/the connection (ended|broke)|the sender closed/)

    const second = await line.berkeley('a', 'send', source, '10.77.0.2:2000', '--json').ended
    assert.equal(second.status, 0, second.remarks)
    assert.equal((await receiver.ended).status, 0)
    // A round trip for each of the hundred would be twenty seconds by itself.
    const end = linesOf(second.results).at(-1)
    assert.equal(end?.files, 101)
    context.diagnostic(`the second time: ${JSON.stringify(end)}`)
  } finally {
    const counts = await line.close()
    const [, carried, lost] = /carried (\d+) packets, lost (\d+)/.exec(counts) ?? []
    assert.ok(Number(lost) > 0, counts)
    context.diagnostic(`the line carried ${carried} packets and lost ${lost}`)
  }
  assert.equal(sha256(join(target, 'things/large')), checksum)
  assert.equal(namesBelow(join(target, 'things')).length, 101)
})
