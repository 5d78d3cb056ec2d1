// Sockets that nobody closed: when one is garbage collected while open, it is closed, with a warning that says where it
// came from.
import { closeDescriptor, type Handle } from './ops/handle.ts'
import { endWaiting } from './wait/ready.ts'

const registry = new FinalizationRegistry<Handle>((handle) => {
  if (handle.fd < 0) return
  process.emitWarning(`a socket (fd ${handle.fd}) was garbage collected while it was open; close() it`, {
    type: 'ResourceWarning',
    code: 'BERKELEY_UNCLOSED_SOCKET',
    detail: `It, or the listening socket that accepted it, was created ${handle.origin}`,
  })
  endWaiting(handle)
  closeDescriptor(handle)
})

export function watchForLeak(socket: object, handle: Handle): void {
  registry.register(socket, handle)
}

const FRAMES = 2

/**
 * The callers of `callee`, as text. Made at once: an unformatted stack would keep alive the objects whose methods stand
 * in it, the owner of the socket among them, and nothing would ever be collected.
 */
export function origin(callee: (...args: never[]) => unknown): string {
  const place: { stack?: string } = {}
  const { stackTraceLimit } = Error
  try {
    Error.stackTraceLimit = FRAMES
    Error.captureStackTrace(place, callee)
    return place.stack?.replace(/^.*\n\s*/, '') ?? ''
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}
