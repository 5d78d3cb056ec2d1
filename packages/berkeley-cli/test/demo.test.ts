// The demonstration, whole: forty servers, a scan over TCP, and nothing left behind.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createServer } from 'berkeley'
import { demo } from '#commands/classroom/demo.js'
import { imagineClass } from '#commands/classroom/imagined-class.js'
import { captureSession } from './captured-session.ts'
import { openSockets } from './open-descriptors.ts'
import { runBerkeley } from './run-berkeley.ts'

// Those of the test runner.
const socketsBefore = openSockets()

test('as a process: 38 students, one switched off, one with rubbish, exit status 0', async () => {
  const { status, results, remarks } = await runBerkeley('classroom', 'demo')
  assert.equal(status, 0, remarks)
  assert.match(remarks, /40 students sit on 127\.0\.1\.1 … 127\.0\.1\.40, port \d+\./)
  assert.match(remarks, /127\.0\.1\.\d+ +refused: nobody listens/)
  assert.match(remarks, /127\.0\.1\.\d+ +not JSON: /)
  assert.match(remarks, /38 of 40 gave a valid record/)
  assert.equal(results.match(/^127\.0\.1\.\d+ /gm)?.length, 38)
  assert.doesNotMatch(remarks, /Warning/)
  assert.match(results, /The most similar pairs\n1\. {2}\d+ and \d+ {2}distance /)
})

test('--json gives the same class for the same seed, another one for another', async () => {
  const classOf = async (...options: string[]) => {
    const { status, results } = await runBerkeley('classroom', 'demo', '--json', ...options)
    assert.equal(status, 0)
    return JSON.parse(results)
  }
  const [one, same, other] = [await classOf(), await classOf('--seed', '1'), await classOf('--seed', '2')]
  assert.deepEqual(one, same)
  assert.notDeepEqual(one.students, other.students)
  assert.deepEqual(one.failures.map(({ reason }: { reason: string }) => reason).sort(), [
    'not-json',
    'refused',
  ])
})

test('everything it starts, it stops', async () => {
  const session = captureSession()
  await demo({ seed: 1, pairs: 1 }, session)
  assert.match(session.results(), /The most similar pair/)
  assert.deepEqual(openSockets(), socketsBefore)
})

test('also when it is interrupted', async () => {
  const reason = new Error('interrupted')
  await assert.rejects(demo({ seed: 1, pairs: 1 }, captureSession(AbortSignal.abort(reason))), reason)
  assert.deepEqual(openSockets(), socketsBefore)
})

test('a port that is taken makes the class move', async () => {
  const neighbours = [1024, 1025].flatMap((port) => {
    try {
      return [createServer(['127.0.1.40', port])]
    } catch {
      return [] // Taken already, by whomever: just as good.
    }
  })
  const session = captureSession()
  await demo({ seed: 1, pairs: 1 }, session)
  for (const neighbour of neighbours) neighbour.close()
  assert.match(session.remarks(), /^The class moves to port \d+: .*EADDRINUSE/)
  assert.doesNotMatch(session.remarks(), /to port 1024|to port 1025/)
  assert.deepEqual(openSockets(), socketsBefore)
})

test('forty bodies, all different', () => {
  for (let seed = 0; seed < 50; seed++) {
    const students = imagineClass(40, seed)
    assert.equal(new Set(students.map(({ height, weight, size }) => `${height} ${weight} ${size}`)).size, 40)
    assert.equal(new Set(students.map(({ id }) => id)).size, 40)
  }
})
