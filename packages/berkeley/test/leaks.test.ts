// What is not closed, not awaited or given up: nothing of it stays behind, and the process lives as long as something
// waits.
import assert from 'node:assert/strict'
import { getEventListeners, setMaxListeners } from 'node:events'
import { describe, test } from 'node:test'
import { socketpair } from 'berkeley'
import { HANDLE } from '#base-socket.js'
import { runNode } from './child.ts'
import { leavesNothingOpen } from './descriptors.ts'
import { forms } from './forms.ts'

async function run(program: string): Promise<string> {
  const { output, ...ended } = await runNode(program, { flags: ['--expose-gc'] })
  assert.deepEqual(ended, { status: 0, signal: null, errors: '' })
  return output.trim()
}

interface Report {
  readonly how: string
  readonly said: readonly { name: string; code: string; message: string; detail: string }[]
  readonly made: number
  readonly open: number
}

describe('a socket that is forgotten', () => {
  // [how it came to be, how many were made, how many of them are open afterwards, whether there was a warning for each]
  const ways: [how: string, made: number, open: number, warned: boolean][] = [
    ['new Socket', 1, 0, true],
    ['createServer', 1, 0, true],
    ['socketpair', 2, 0, true],
    ['dup', 1, 0, true],
    ['fromfd', 1, 0, true],
    ['accept', 1, 0, true],
    ['used before', 1, 0, true],
    ['closed', 1, 0, false],
    ['detached', 1, 1, false],
    ['in use', 2, 2, false],
    ['waited for', 1, 1, false],
  ]
  for (const { name: form } of forms) {
    describe(form, () => {
      let reports: readonly Report[] = []
      test('several are', async () => {
        const lines = (await run(`forgotten ${form}`)).split('\n')
        reports = lines.map((line) => JSON.parse(line))
      })

      for (const [how, made, open, warned] of ways) {
        if (how === 'waited for' && form === 'blocking') continue // Its caller waits, too.
        test(`${how}: ${warned ? 'closed, with a warning' : 'left alone'}`, () => {
          const report = reports.find((one) => one.how === how)
          assert.ok(report)
          const { said, ...rest } = report
          assert.deepEqual(rest, { how, made, open })
          assert.equal(said.length, warned ? made : 0)
          for (const { name, code, message, detail } of said) {
            assert.deepEqual({ name, code }, { name: 'ResourceWarning', code: 'BERKELEY_UNCLOSED_SOCKET' })
            assert.match(
              message,
              /^a socket \(fd \d+\) was garbage collected while it was open; close\(\) it$/,
            )
            assert.match(detail, /created at .*\/forgotten\.js:\d+/s)
          }
        })
      }
    })
  }
})

describe('ten thousand connections, one after the other', { concurrency: 2 }, () => {
  const MEGABYTE = 2 ** 20
  for (const { name } of forms) {
    for (const family of ['inet', 'unix']) {
      test(`${name}, ${family}: need no more than two thousand`, async () => {
        const [some, all] = JSON.parse(await run(`connections ${name} ${family}`))
        assert.equal(all.descriptors, some.descriptors)
        assert.equal(all.resources, some.resources)
        // A hundred bytes for each of 16 000 sockets would be more.
        assert.ok(all.heapUsed - some.heapUsed < MEGABYTE, `${all.heapUsed - some.heapUsed} bytes of heap`)
        assert.ok(all.rss - some.rss < 32 * MEGABYTE, `${all.rss - some.rss} bytes of memory`)
      })
    }
  }
})

describe('thousands of operations that are given up', () => {
  const MANY = 5000
  const [left, right] = socketpair()

  const givenUp = (results: PromiseSettledResult<unknown>[]) => {
    return results.map((result) =>
      result.status === 'rejected' ? (result.reason.code ?? result.reason) : 'done',
    )
  }

  async function leavesNothing(reason: unknown, operations: () => Promise<unknown>[]): Promise<void> {
    const before = process.getActiveResourcesInfo()
    const results = await leavesNothingOpen(() => Promise.allSettled(operations()))
    assert.deepEqual([...new Set(givenUp(results))], [reason])
    assert.equal(results.length, MANY)
    assert.deepEqual(process.getActiveResourcesInfo(), before)
    const { reading, writing } = right[HANDLE]
    assert.deepEqual([reading, writing], [null, null])
  }

  const times = (operation: () => Promise<unknown>) => Array.from({ length: MANY }, operation)

  test('a socket waits for the first time', async () => {
    const data = right.recv(10)
    await left.send('hello')
    assert.equal(`${await data}`, 'hello')
  })

  test('by a time limit', async () => {
    right.settimeout(0.01)
    await leavesNothing('ETIMEDOUT', () => times(() => right.recv(10)))
    right.settimeout(null)
  })

  test('by the signal of all', async () => {
    const controller = new AbortController()
    const { signal } = controller
    setMaxListeners(MANY, signal) // Node warns of more than ten.
    await leavesNothing('enough', () => {
      const operations = times(() => right.recv(10, { signal }))
      controller.abort('enough')
      return operations
    })
    assert.deepEqual(getEventListeners(signal, 'abort'), [])
  })

  test('by a signal of their own', async () => {
    const signals: AbortSignal[] = []
    await leavesNothing('enough', () =>
      times(() => {
        const controller = new AbortController()
        signals.push(controller.signal)
        const operation = right.recv(10, { signal: controller.signal })
        controller.abort('enough')
        return operation
      }),
    )
    assert.ok(signals.every((signal) => getEventListeners(signal, 'abort').length === 0))
  })

  test('not given up: what a signal was listened for is over', async () => {
    const { signal } = new AbortController()
    right.settimeout(3600)
    const before = process.getActiveResourcesInfo()
    for (let i = 0; i < MANY; i++) {
      const data = right.recv(10, { signal })
      await left.send('hello')
      await data
    }
    assert.deepEqual(getEventListeners(signal, 'abort'), [])
    assert.deepEqual(process.getActiveResourcesInfo(), before)
    right.settimeout(null)
  })

  test('because the socket is closed', async () => {
    const operations = times(() => right.recv(10))
    right.close()
    assert.deepEqual([...new Set(givenUp(await Promise.allSettled(operations)))], ['ECANCELED'])
    assert.equal(right[HANDLE].reading, null)
    left.close()
  })
})

describe('the process', { concurrency: 2 }, () => {
  const cases: [name: string, output: string][] = [
    ['idle', 'used'],
    ['recv waits', 'received'],
    ['accept waits', 'accepted'],
    ['sendall waits', 'sent'],
    ['sendto waits for a queue', '5'],
    ['sendto waits for a queue, unreferenced', ''],
    ['iterating', 'end'],
    ['unreferenced', ''],
    ['unreferenced while waiting', ''],
    ['unreferenced and referenced again', 'received'],
    ['unreferenced, with another that waits', 'for the other'],
    ['a time limit', 'ETIMEDOUT'],
    ['a time limit, unreferenced', ''],
    ['aborted', 'enough'],
    ['closed', 'ECANCELED'],
    ['detached', 'ECANCELED'],
  ]
  for (const [name, output] of cases) {
    test(`${name}: ${output === '' ? 'ends at once' : 'ends after that'}`, async () => {
      assert.equal(await run(`idle ${name.replaceAll(' ', '-')}`), output)
    })
  }
})
