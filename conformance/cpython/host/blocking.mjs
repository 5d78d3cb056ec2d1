// The host for `berkeley/blocking`.
//
// The sockets live in the main thread, where all that cannot wait is done in the order of the requests. A
// call that may wait, since its socket has a time limit other than 0, would stop the host: it runs in a
// worker, on a second blocking socket over a duplicate of the descriptor. The main thread makes the
// duplicate; whoever is first to take the call has to close it: the worker when it begins, or the main thread
// when the socket was closed before that.
import { isMainThread, parentPort } from 'node:worker_threads'
import * as library from 'berkeley/blocking'
import { waiting } from './mapping.mjs'
import { Performer, Sockets } from './performer.mjs'
import { Call, Pool, take } from './pool.mjs'
import { openChannel } from './wire.mjs'

const { AF_UNIX, close, dup, ECANCELED, getdefaulttimeout, recvFds, SOCK_SEQPACKET, Socket, sendFds } =
  library
const CANCELED = { error: { type: 'OSError', args: [ECANCELED, 'Operation canceled'] } }

// ---- the worker: one call at a time
// ---------------------------------------------------------------------------------

function work({ request, target, defaultTimeout }) {
  if (target !== null && !take(target.taken)) return CANCELED
  const copy = target === null ? null : reopen(target)
  const performer = new Performer(library, { get: () => copy }, giveAway)
  library.setdefaulttimeout(defaultTimeout)
  try {
    const { value, answered } = performer.call(request)
    const { ok, buffers, descriptors, givenAway } = answered(value)
    return { ok, buffers, descriptors, givenAway }
  } catch (error) {
    return { error: performer.error(error) }
  } finally {
    copy?.close()
  }
}

function reopen({ family, type, proto, fd, timeout }) {
  const socket = new Socket(family, type, proto, fd)
  socket.settimeout(timeout)
  return socket
}

/** A worker has no sockets of its own: the main thread makes them of the descriptors. */
function giveAway(socket) {
  return { number: null, fd: socket.detach() }
}

// ---- the main thread
// ------------------------------------------------------------------------------------------------

/** The sockets in an answer, which a worker gave away, become sockets of the main thread. */
function adopt(value) {
  if (Array.isArray(value)) for (const item of value) adopt(item)
  else if (value?.tuple) adopt(value.tuple)
  else if (value?.socket) {
    value.socket.number = sockets.put(reopen({ ...value.socket, timeout: getdefaulttimeout() }))
  }
}

function callInWorker(request, socket) {
  let target = null
  if (socket !== null) {
    const { family, type, proto, timeout } = socket
    const taken = new Int32Array(new SharedArrayBuffer(4))
    target = { family, type, proto, timeout, fd: dup(socket.fileno()), taken }
  }
  const finish = (answer) => {
    if (answer?.ok) adopt(answer.ok)
    deliver(request.id, answer ?? CANCELED)
  }
  const call = new Call(request, target, { defaultTimeout: getdefaulttimeout() }, finish)
  call.unused = () => close(target.fd)
  pool.run(call)
}

/** Only calls on a socket can be canceled. */
async function cancelAll(isMeant) {
  const calls = [...Call.underWay].filter((call) => call.target !== null && isMeant(call.request))
  await Promise.all(calls.map((call) => pool.cancel(call)))
}

/** The requests that are not for the library. */
const operations = {
  hello: () => ({ ok: performer.hello() }),
  open: (request) => performer.open(request),
  forget: ({ socket }) => ({ ok: sockets.forget(socket) ?? null }),
  receive: () => ({ ok: recvFds(rights, 16, 1)[1][0] }),
  close: ({ fd }) => ({ ok: close(fd) ?? null }),
  cancel: async ({ call }) => {
    await cancelAll(({ id }) => id === call)
    return { ok: null }
  },
}

/** The socket of a call that goes to a worker, `null` for a function, `undefined` if it does not. */
function waitsFor({ op, name, socket: number }) {
  if (!waiting.has(name)) return undefined
  if (op === 'function') return null
  const socket = sockets.get(number)
  return socket.timeout === 0 || socket.fileno() < 0 ? undefined : socket
}

async function serve(request) {
  const { id, op, name } = request
  try {
    if (op in operations) return deliver(id, await operations[op](request))
    const socket = waitsFor(request)
    if (socket !== undefined) return callInWorker(request, socket)
    const { value, answered } = performer.call(request)
    const answer = answered(value)
    // The duplicates that the workers have would keep the connection open.
    if (op === 'method' && name === 'close') await cancelAll((other) => other.socket === request.socket)
    deliver(id, answer)
  } catch (error) {
    deliver(id, { error: performer.error(error) })
  }
}

function deliver(id, { ok, error, buffers, descriptors = [], givenAway = [] }) {
  if (descriptors.length > 0) sendFds(rights, [String(id)], descriptors)
  for (const fd of givenAway) close(fd)
  if (id) send({ id, ok, error, buffers, descriptors: descriptors.length })
}

const sockets = new Sockets()
let performer
let pool
let rights
let send

if (isMainThread) {
  process.on('SIGINT', () => {})
  performer = new Performer(library, sockets, (socket) => ({
    number: sockets.put(socket),
    fd: socket.fileno(),
  }))
  rights = new Socket(AF_UNIX, SOCK_SEQPACKET, 0, Number(process.env.BRIDGE_RIGHTS_FD))
  pool = new Pool(new URL(import.meta.url))
  send = openChannel(Number(process.env.BRIDGE_CALLS_FD), serve)
} else {
  parentPort.on('message', (message) => parentPort.postMessage(work(message)))
}
