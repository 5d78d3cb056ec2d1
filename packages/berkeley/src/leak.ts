// Sockets that nobody closed: when one is garbage collected while open, it is closed, with a warning that says where it
// came from.
import { closeDescriptor, type Handle } from './ops/handle.ts'
import { endWaiting } from './wait/ready.ts'

const registry = new FinalizationRegistry<Handle>((handle) => {
  if (handle.fd < 0) return
  process.emitWarning(`a socket (fd ${handle.fd}) was garbage collected while it was open; close() it`, {
    type: 'ResourceWarning',
    code: 'BERKELEY_UNCLOSED_SOCKET',
    detail: `It, or the listening socket that accepted it, was created ${handle.kind.origin}`,
  })
  endWaiting(handle)
  closeDescriptor(handle)
})

export function watchForLeak(socket: object, handle: Handle): void {
  registry.register(socket, handle)
}

/** Says that the socket of `handle` was made by `callee`, and where that was called. */
export function noteOrigin(handle: Handle, callee: (...args: never[]) => unknown): void {
  handle.kind = { ...handle.kind, origin: origin(callee) }
}

/** Enough to see past the frames of this package. */
const FRAMES = 6
const SHOWN = 2
// With source maps the frames are those of src.
const packageRoot = import.meta.url.slice(0, import.meta.url.lastIndexOf('/dist/'))
const ownFolders = [`${packageRoot}/dist/`, `${packageRoot}/src/`]

/**
 * The callers of `callee` outside of this package, as text. Made at once: an unformatted stack would keep alive the objects
 * whose methods stand in it, the owner of the socket among them, and nothing would ever be collected.
 */
function origin(callee: (...args: never[]) => unknown): string {
  const place: { stack?: string } = {}
  const { stackTraceLimit } = Error
  try {
    Error.stackTraceLimit = FRAMES
    Error.captureStackTrace(place, callee)
    const frames = (place.stack ?? '').split('\n').slice(1)
    const callers = frames.filter((frame) => !ownFolders.some((folder) => frame.includes(folder)))
    return (callers.length > 0 ? callers : frames).slice(0, SHOWN).join('\n').trimStart()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}
