// One thread of blocking-threads.ts: performs calls on blocking sockets, and tells when one has to wait.
import { parentPort } from 'node:worker_threads'
import { fromfd, type Socket } from 'berkeley/blocking'
import { native } from '#sys/native.js'
import type { Answer, Call } from './blocking-threads.ts'

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

port.on('message', (call: Call) => {
  told = false
  const socket = fromfd(call.descriptor, call.family, call.type, call.proto)
  const answer = perform(socket as never, call)
  socket.close()
  tell(answer)
})

function perform(socket: Record<string, (...args: unknown[]) => unknown>, call: Call): Answer {
  const [memory] = call.args
  try {
    socket.settimeout!(call.timeout)
    const value = socket[call.name]!(...call.args)
    return {
      kind: 'value',
      memory,
      value: call.name === 'accept' ? givenAway(value as [Socket, unknown]) : value,
    }
  } catch (thrown) {
    const error = thrown as Error
    return { kind: 'error', name: error.name, fields: { ...error, message: error.message } }
  }
}

function givenAway([socket, address]: [Socket, unknown]): [number, unknown] {
  return [socket.detach(), address]
}

function tell(answer: Answer): void {
  port.postMessage(answer)
}

tell({ kind: 'ready' })
