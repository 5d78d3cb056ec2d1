// The thread of multiplexers.ts: performs blocking calls, and tells when one has to wait.
import { parentPort } from 'node:worker_threads'
import { native } from '#sys/native.js'
import { type Answer, blocking, calls } from './multiplexers.ts'

const port = parentPort!
const { poll } = native
let told = true

// The blocking driver waits in poll(2) and nowhere else.
native.poll = (pollfds, count, milliseconds) => {
  if (milliseconds > 0 && !told) {
    told = true
    tell({ kind: 'waiting' })
  }
  return poll(pollfds, count, milliseconds)
}

port.on('message', async ({ name, args }: { name: keyof typeof calls; args: unknown[] }) => {
  told = false
  try {
    const value = await (calls[name] as (...args: unknown[]) => unknown)(blocking, ...args)
    tell({ kind: 'value', value })
  } catch (error) {
    tell({ kind: 'error', code: (error as { code: string }).code })
  }
  told = true
})

function tell(answer: Answer): void {
  port.postMessage(answer)
}

port.postMessage('ready')
