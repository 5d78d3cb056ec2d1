// Workers that end in all sorts of ways: `workers.js SCENARIO FORM`. Says `done` when the same descriptors are open as
// before, and then has nothing to do any more.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { descriptors } from '../descriptors.ts'

const [scenario, form] = process.argv.slice(2) as [string, string]
const ROUNDS = 13
const OPERATIONS = ['recv', 'accept', 'connect', 'sendall']

function start(task: string, given?: number): Worker {
  const worker = new Worker(new URL('./worker-task.js', import.meta.url), { workerData: [task, form, given] })
  worker.on('message', (message) => {
    if (message === 'finished') console.log(`${task} came to an end`)
  })
  return worker
}

async function runToEnd(task: string): Promise<unknown> {
  const worker = start(task)
  const failures: unknown[] = []
  worker.on('error', (error) => failures.push(error.message))
  const status = await new Promise((resolve) => worker.on('exit', resolve))
  return [status, ...failures]
}

async function terminateWhileWaiting(): Promise<void> {
  const workers = OPERATIONS.map((operation) => start(operation))
  await Promise.all(workers.map((worker) => once(worker, 'message')))
  const statuses = await Promise.all(workers.map((worker) => worker.terminate()))
  if (statuses.some((status) => status !== 1)) console.log(`terminated with ${statuses}`)
}

async function handOver(): Promise<void> {
  const giver = start('give a server away')
  const gone = once(giver, 'exit')
  const [descriptor] = (await once(giver, 'message')) as [number]
  await gone
  const { AF_INET, Socket } = await import('berkeley')
  using server = new Socket(AF_INET, undefined, undefined, descriptor)
  const address = server.getsockname()
  const taker = start('take a server over', server.detach())
  const done = once(taker, 'exit')
  using client = new Socket()
  await client.connect(address)
  await client.sendall('hello')
  console.log(`${await client.recv(100)}`)
  await done
}

const scenarios: Record<string, () => Promise<unknown>> = {
  terminate: async () => {
    for (let round = 0; round < ROUNDS; round++) await terminateWhileWaiting()
  },
  end: () => runToEnd('open and end'),
  exit: () => runToEnd('open, wait and exit'),
  fail: () => runToEnd('open and fail'),
  'hand-over': handOver,
}

// What Node itself opens once stays open. The library is not loaded in this thread, except where it is said.
if (scenario === 'hand-over') await handOver()
else await runToEnd('open and end')
const before = descriptors()
const result = await scenarios[scenario]!()
if (result !== undefined) console.log(JSON.stringify(result))
const after = descriptors()
console.log(
  `${after}` === `${before}` ? 'done' : `left open: ${after.filter((line) => !before.includes(line))}`,
)
