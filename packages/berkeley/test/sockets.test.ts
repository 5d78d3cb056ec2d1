// Every suite in every world.
import { after, before, describe } from 'node:test'
import { startThreads, stopThreads } from './blocking-threads.ts'
import { cancellingSuite } from './suites/cancelling.suite.ts'
import { connectionSuite } from './suites/connection.suite.ts'
import { datagramSuite } from './suites/datagram.suite.ts'
import { endingSuite } from './suites/ending.suite.ts'
import { flagsSuite } from './suites/flags.suite.ts'
import { iterationSuite } from './suites/iteration.suite.ts'
import { memorySuite } from './suites/memory.suite.ts'
import { messagesSuite } from './suites/messages.suite.ts'
import { ownershipSuite } from './suites/ownership.suite.ts'
import { queueSuite } from './suites/queue.suite.ts'
import { raceSuite } from './suites/race.suite.ts'
import { resultsSuite } from './suites/results.suite.ts'
import { sendfileSuite } from './suites/sendfile.suite.ts'
import { serverSuite } from './suites/server.suite.ts'
import { timeoutsSuite } from './suites/timeouts.suite.ts'
import { transferSuite } from './suites/transfer.suite.ts'
import { warmUp, worlds } from './worlds.ts'

const suites = [
  transferSuite,
  memorySuite,
  resultsSuite,
  flagsSuite,
  datagramSuite,
  messagesSuite,
  connectionSuite,
  endingSuite,
  timeoutsSuite,
  cancellingSuite,
  queueSuite,
  iterationSuite,
  ownershipSuite,
  sendfileSuite,
  serverSuite,
  raceSuite,
]

before(async () => {
  await warmUp()
  await startThreads(4)
})
after(stopThreads)

for (const world of worlds) {
  describe(world.name, () => {
    for (const suite of suites) suite(world)
  })
}
