// The host for `berkeley`: Python's sockets are ours, their promises are awaited here.
import * as library from 'berkeley'
import { Performer, Sockets } from './performer.mjs'
import { openChannel } from './wire.mjs'

const { AF_UNIX, close, recvFds, SOCK_SEQPACKET, Socket, sendFds } = library
const sockets = new Sockets()
const performer = new Performer(library, sockets, (socket) => ({
  number: sockets.put(socket),
  fd: socket.fileno(),
}))
const rights = new Socket(AF_UNIX, SOCK_SEQPACKET, 0, Number(process.env.BRIDGE_RIGHTS_FD))

/** The requests that are not for the library. */
const operations = {
  hello: () => ({ ok: performer.hello() }),
  open: (request) => performer.open(request),
  forget: ({ socket }) => ({ ok: sockets.forget(socket) ?? null }),
  receive: async () => ({ ok: (await recvFds(rights, 16, 1))[1][0] }),
  close: ({ fd }) => ({ ok: close(fd) ?? null }),
  // What Python no longer waits for goes on: the tests that interrupt a call close its socket next.
  cancel: () => ({ ok: null }),
}

// What does not wait must be done in the order of the requests: so it is done before anything is awaited.
async function perform(request) {
  const operation = operations[request.op]
  if (operation) return operation(request)
  const { value, answered } = performer.call(request)
  return answered(value instanceof Promise ? await value : value)
}

async function serve(request) {
  const { id } = request
  try {
    const { ok, buffers, descriptors = [], givenAway = [] } = await perform(request)
    if (descriptors.length > 0) await sendFds(rights, [String(id)], descriptors)
    for (const fd of givenAway) close(fd)
    if (id) send({ id, ok, buffers, descriptors: descriptors.length })
  } catch (error) {
    if (id) send({ id, error: performer.error(error) })
  }
}

// The signals of the tests are for Python.
process.on('SIGINT', () => {})
const send = openChannel(Number(process.env.BRIDGE_CALLS_FD), serve)
