// Runs in a world whose name server is silent: lookups that are given up, and what becomes of their descriptors.
import { setMaxListeners } from 'node:events'
import { AF_INET, AF_UNIX, getaddrinfo, SOCK_STREAM } from 'berkeley'
import { Handle } from '#ops/handle.js'
import { resolveAsync, resolveBlocking } from '#resolve.js'
import { EAGAIN } from '#sys/errno.js'
import { native } from '#sys/native.js'
import { descriptors } from '../descriptors.ts'
import { lookupThreads } from './threads.ts'
import './warm-up.ts'

const LOOKUPS = 40 // More than there are threads: some are given up while they are asked, some while they queue.

const before = descriptors()

const socket = new Handle(-1, { family: AF_INET, type: SOCK_STREAM, proto: 0 })
socket.timeout = 0.02
const address = ['host.example.', 80]
const timedOut = [
  await outcome(() => resolveAsync(socket, address, 'connect')),
  await outcome(() => resolveBlocking(socket, address, 'connect')),
]

const controller = new AbortController()
const { signal } = controller
setMaxListeners(0, signal)
const lookups = Array.from({ length: LOOKUPS }, (_, i) =>
  outcome(() => getaddrinfo(`host${i}.`, 80, { signal })),
)
const given = eventfds()
setImmediate(() => controller.abort('not needed any more'))
const aborted = await Promise.all(lookups)
const kept = eventfds()

// The numbers are free and are taken again, by sockets. The threads that come back must not write to those.
const ends = Array.from({ length: LOOKUPS / 2 }, () => {
  native.socketpair(AF_UNIX, SOCK_STREAM, 0)
  return [native.numbers[0]!, native.numbers[1]!]
}).flat()
const reused = ends.some((fd) => given.includes(fd))
// The queue is served in order: when one more for each thread has an answer, all threads have come back.
const threads = lookupThreads()
const last = await Promise.all(
  Array.from({ length: threads }, (_, i) => outcome(() => getaddrinfo(`last${i}.`, 80))),
)
const written = ends.filter((fd) => native.recv(fd, new Uint8Array(8), 0, 8, 0) !== -EAGAIN)
for (const fd of ends) native.close(fd)

const left = descriptors().filter((descriptor) => !before.includes(descriptor))
console.log(JSON.stringify({ timedOut, aborted, kept, reused, threads, last, written, left }))

async function outcome(run: () => unknown): Promise<unknown> {
  try {
    return await run()
  } catch (error) {
    const { name, syscall, code } = error as { name: string; syscall: string; code: string }
    return typeof error === 'string' ? error : `${name} ${syscall} ${code}`
  }
}

function eventfds(): number[] {
  const fresh = descriptors().filter((descriptor) => !before.includes(descriptor))
  return fresh
    .filter((descriptor) => descriptor.endsWith('[eventfd]'))
    .map((descriptor) => Number.parseInt(descriptor, 10))
}
