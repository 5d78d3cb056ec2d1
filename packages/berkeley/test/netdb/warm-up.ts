// What the library makes once, at its first wait, so that it does not count as left behind. For a silent name server.
import { getaddrinfo } from 'berkeley'
import { lookupThreads } from './threads.ts'

const controller = new AbortController()
setImmediate(() => controller.abort())
await getaddrinfo('first.', 80, { signal: controller.signal }).catch(() => {})
if (lookupThreads() !== 1) throw new Error('the lookup should have had to wait')
