// Runs in a world whose name server is silent: workers that are terminated in the middle of their lookups. At last, the
// process ends by itself while lookups of such workers are still under way.
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { descriptors } from '../descriptors.ts'
import { lookupThreads, MOST_THREADS } from './threads.ts'

async function startAndTerminate(form: 'async' | 'blocking'): Promise<void> {
  const worker = new Worker(new URL('./looking-up.js', import.meta.url), { workerData: form })
  await once(worker, 'message')
  await worker.terminate()
}

async function threadsHaveEnded(): Promise<void> {
  while (lookupThreads() > 0) await pause(10)
}

await startAndTerminate('async')
await threadsHaveEnded()
const before = descriptors()
for (let i = 0; i < 20; i++) await startAndTerminate(i % 2 === 0 ? 'async' : 'blocking')
await threadsHaveEnded()
const left = descriptors().filter((descriptor) => !before.includes(descriptor))

// A slow machine may need several attempts until those of two workers are under way at once.
let threads = 0
for (let i = 0; i < 20 && threads <= MOST_THREADS; i++) {
  await startAndTerminate('blocking')
  await startAndTerminate('async')
  threads = lookupThreads()
}
console.log(JSON.stringify({ left, threads }))
