// Every method and property of a socket in every state that a TCP socket can be in, in both forms: what it gives, or the
// code of its error. The sockets are non-blocking, so what would have to wait is EAGAIN.
import assert from 'node:assert/strict'
import { openSync } from 'node:fs'
import { before, describe, test } from 'node:test'
import { inspect } from 'node:util'
import {
  Batch,
  EBADF,
  EINPROGRESS,
  EISCONN,
  SHUT_RDWR,
  SHUT_WR,
  SO_KEEPALIVE,
  SO_TYPE,
  SOL_SOCKET,
  type Socket,
} from 'berkeley'
import { leavesNothingOpen } from './descriptors.ts'
import { type Form, forms, type Library } from './forms.ts'
import { warmUp } from './worlds.ts'

// ---- the states -----------------------------------------------------------------------------------------------------

type Tcp = Socket & { [Symbol.iterator]?(): Iterator<unknown> }
type Held = (socket: { close(): void }) => void

const ANY = ['127.0.0.1', 0] as const

async function connected(library: Library, hold: Held): Promise<Tcp> {
  const server = library.createServer(ANY)
  hold(server)
  const socket = new library.Socket()
  await socket.connect(server.getsockname())
  hold((await server.accept())[0])
  return socket as Tcp
}

const states = {
  fresh: (library: Library) => new library.Socket(),
  bound(library: Library) {
    const socket = new library.Socket()
    socket.bind(ANY)
    return socket
  },
  listening: (library: Library) => library.createServer(ANY) as Socket,
  connected,
  async 'half-closed'(library: Library, hold: Held) {
    const socket = await connected(library, hold)
    socket.shutdown(SHUT_WR)
    return socket
  },
  async closed(library: Library, hold: Held) {
    const socket = await connected(library, hold)
    socket.close()
    return socket
  },
  async detached(library: Library, hold: Held) {
    const socket = await connected(library, hold)
    const descriptor = socket.detach()
    hold({ close: () => library.close(descriptor) })
    return socket
  },
  async 'closed while waiting'(library: Library, hold: Held) {
    const socket = await connected(library, hold)
    const waiting = [socket.recv(1), socket.recv(1)]
    socket.close()
    for (const one of waiting) await assert.rejects(one, { code: 'ECANCELED' })
    return socket
  },
}
type State = keyof typeof states

// ---- the table ------------------------------------------------------------------------------------------------------

/** An error's code, or any other value for the result; OK for whatever result. */
type Expected = unknown
const OK = Symbol('no error')
const NUMBER = Symbol('a number that is not negative')

interface Row {
  readonly name: string
  readonly call: (socket: Tcp, library: Library) => unknown
  /** In the five states in which it is open, and when it is closed in any way. */
  readonly expected: readonly [
    fresh: Expected,
    bound: Expected,
    listening: Expected,
    connected: Expected,
    halfClosed: Expected,
    closed: Expected,
  ]
  /** Only in this form. */
  readonly form?: Form['name']
}

const row = (name: string, call: Row['call'], ...expected: Row['expected']): Row => ({ name, call, expected })
/** The same in every open state. */
const open = (name: string, call: Row['call'], whileOpen: Expected, closed: Expected): Row =>
  row(name, call, whileOpen, whileOpen, whileOpen, whileOpen, whileOpen, closed)

const FILE = openSync('/proc/version', 'r')
const elsewhere = ['127.0.0.1', 1] as const
const memory = () => new Uint8Array(4)

function waitingAllowed(socket: Tcp): Tcp {
  if (socket.fileno() >= 0) socket.settimeout(null)
  return socket
}

function closeIt(other: { close(): void }): void {
  other.close()
}

// biome-ignore format: a table
const rows: readonly Row[] = [
  //                                        fresh, bound, listening, connected, half-closed, closed
  row('accept', (s) => s.accept(),            'EINVAL', 'EINVAL', 'EAGAIN', 'EINVAL', 'EINVAL', 'EBADF'),
  row('bind', (s) => s.bind(ANY),             undefined, 'EINVAL', 'EINVAL', 'EINVAL', 'EINVAL', 'EBADF'),
  row('connect', (s) => s.connect(elsewhere),
    'EINPROGRESS', 'EINPROGRESS', 'EISCONN', 'EISCONN', 'EISCONN', 'EBADF'),
  row('connectEx', (s) => s.connectEx(elsewhere), EINPROGRESS, EINPROGRESS, EISCONN, EISCONN, EISCONN, EBADF),
  row('listen', (s) => s.listen(3),           undefined, undefined, undefined, 'EINVAL', 'EINVAL', 'EBADF'),
  row('getpeername', (s) => s.getpeername()[0],
    'ENOTCONN', 'ENOTCONN', 'ENOTCONN', '127.0.0.1', '127.0.0.1', 'EBADF'),
  row('getsockname', (s) => s.getsockname()[0],
    '0.0.0.0', '127.0.0.1', '127.0.0.1', '127.0.0.1', '127.0.0.1', 'EBADF'),
  row('recv', (s) => s.recv(4),               'ENOTCONN', 'ENOTCONN', 'ENOTCONN', 'EAGAIN', 'EAGAIN', 'EBADF'),
  row('recvInto', (s) => s.recvInto(memory()), 'ENOTCONN', 'ENOTCONN', 'ENOTCONN', 'EAGAIN', 'EAGAIN', 'EBADF'),
  row('recvfrom', (s) => s.recvfrom(4),       'ENOTCONN', 'ENOTCONN', 'ENOTCONN', 'EAGAIN', 'EAGAIN', 'EBADF'),
  row('recvfromInto', (s) => s.recvfromInto(memory()),
    'ENOTCONN', 'ENOTCONN', 'ENOTCONN', 'EAGAIN', 'EAGAIN', 'EBADF'),
  row('send', (s) => s.send('abc'),           'EPIPE', 'EPIPE', 'EPIPE', 3, 'EPIPE', 'EBADF'),
  row('sendall', (s) => s.sendall('abc'),     'EPIPE', 'EPIPE', 'EPIPE', undefined, 'EPIPE', 'EBADF'),
  row('sendto', (s) => s.sendto('abc', elsewhere), 'EPIPE', 'EPIPE', 'EPIPE', 3, 'EPIPE', 'EBADF'),
  row('sendto with flags', (s) => s.sendto('abc', 0, elsewhere), 'EPIPE', 'EPIPE', 'EPIPE', 3, 'EPIPE', 'EBADF'),
  row('sendfile', (s) => waitingAllowed(s).sendfile(FILE, 0, 5), 'EPIPE', 'EPIPE', 'EPIPE', 5, 'EPIPE', 'EBADF'),
  row('recvmsg', (s) => s.recvmsg(4),         'ENOTCONN', 'ENOTCONN', 'ENOTCONN', 'EAGAIN', 'EAGAIN', 'EBADF'),
  row('recvmsgInto', (s) => s.recvmsgInto([memory()]),
    'ENOTCONN', 'ENOTCONN', 'ENOTCONN', 'EAGAIN', 'EAGAIN', 'EBADF'),
  row('sendmsg', (s) => s.sendmsg(['a', 'bc']), 'EPIPE', 'EPIPE', 'EPIPE', 3, 'EPIPE', 'EBADF'),
  row('sendmsgAfalg', (s) => s.sendmsgAfalg({ op: 0, msg: ['abc'] }), 'EPIPE', 'EPIPE', 'EPIPE', 3, 'EPIPE', 'EBADF'),
  row('recvmmsg', (s) => s.recvmmsg(2, 4),    'ENOTCONN', 'ENOTCONN', 'ENOTCONN', 'EAGAIN', 'EAGAIN', 'EBADF'),
  row('recvmmsgInto', (s) => s.recvmmsgInto(new Batch(2, 4)),
    'ENOTCONN', 'ENOTCONN', 'ENOTCONN', 'EAGAIN', 'EAGAIN', 'EBADF'),
  row('sendmmsg', (s) => s.sendmmsg([{ data: 'abc' }]), 'EPIPE', 'EPIPE', 'EPIPE', 1, 'EPIPE', 'EBADF'),
  row('shutdown', (s) => s.shutdown(SHUT_RDWR),
    'ENOTCONN', 'ENOTCONN', undefined, undefined, undefined, 'EBADF'),
  row('iteration', (s) => first(s),           'ENOTCONN', 'ENOTCONN', 'EAGAIN', 'EAGAIN', 'EAGAIN', 'EBADF'),

  //                                                                         open        closed
  open('close', (s) => s.close(),                                            undefined,  undefined),
  open('Symbol.dispose', (s) => s[Symbol.dispose](),                         undefined,  undefined),
  open('detach', (s, { close }) => given(s.detach(), close),                 NUMBER,     -1),
  open('dup', (s) => closeIt(s.dup()),                                       undefined,  'EBADF'),
  open('fileno', (s) => s.fileno(),                                          NUMBER,     -1),
  open('getsockopt', (s) => s.getsockopt(SOL_SOCKET, SO_TYPE),               1,          'EBADF'),
  open('getsockopt for bytes', (s) => s.getsockopt(SOL_SOCKET, SO_TYPE, 1)[0], 1,        'EBADF'),
  open('setsockopt', (s) => s.setsockopt(SOL_SOCKET, SO_KEEPALIVE, true),    undefined,  'EBADF'),
  open('setsockopt with bytes', (s) => s.setsockopt(SOL_SOCKET, SO_KEEPALIVE, memory() as never), undefined, 'EBADF'),
  open('setsockopt with null', (s) => s.setsockopt(SOL_SOCKET, SO_KEEPALIVE, null, 4), 'EFAULT', 'EBADF'),
  open('settimeout', (s) => s.settimeout(5),                                 undefined,  'EBADF'),
  open('setblocking', (s) => s.setblocking(true),                            undefined,  'EBADF'),
  open('getInheritable', (s) => s.getInheritable(),                          false,      'EBADF'),
  open('setInheritable', (s) => s.setInheritable(true),                      undefined,  'EBADF'),
  open('gettimeout', (s) => s.gettimeout(),                                  0,          null),
  open('timeout', (s) => s.timeout,                                          0,          null),
  open('getblocking', (s) => s.getblocking(),                                false,      true),
  open('family', (s) => s.family,                                            2,          2),
  open('type', (s) => s.type,                                                1,          1),
  open('proto', (s) => s.proto,                                              0,          0),
  open('ref', (s) => s.ref() === s,                                          true,       true),
  open('unref', (s) => s.unref() === s,                                      true,       true),
  open('makefile', (s) => closeIt(s.makefile()),                             OK,         OK),
  open('inspect', (s) => inspect(s).startsWith(`Socket { fd: ${s.fileno()}, family: 2, type: 1`), true, true),
  { ...open('Symbol.asyncDispose', (s) => s[Symbol.asyncDispose](), undefined, undefined), form: 'async' },
]

async function first(socket: Tcp): Promise<unknown> {
  const items = socket[Symbol.iterator]?.() ?? socket[Symbol.asyncIterator]()
  return items.next()
}

function given(descriptor: number, close: (descriptor: number) => void): number {
  if (descriptor >= 0) close(descriptor)
  return descriptor
}

// ---- the tests ------------------------------------------------------------------------------------------------------

async function outcome(body: () => unknown): Promise<unknown> {
  try {
    return await body()
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (code === undefined) throw error
    return code
  }
}

async function check(library: Library, state: State, { call }: Row, expected: Expected): Promise<void> {
  const held: { close(): void }[] = []
  const socket = (await states[state](library, (other) => held.push(other))) as Tcp
  held.push(socket)
  if (socket.fileno() >= 0) socket.settimeout(0)
  else assert.equal(socket.timeout, null)
  try {
    const result = await outcome(() => call(socket, library))
    if (expected === NUMBER) assert.ok(typeof result === 'number' && result >= 0, String(result))
    else if (expected === OK) assert.notEqual(typeof result, 'string')
    else assert.equal(result, expected)
  } finally {
    for (const other of held) other.close()
  }
}

before(warmUp)

for (const { name: form, library } of forms) {
  for (const [index, state] of (Object.keys(states) as State[]).entries()) {
    // A thread that blocks cannot close what it waits for.
    if (form === 'blocking' && state === 'closed while waiting') continue
    describe(`${form}, ${state}`, () => {
      for (const row of rows.filter((row) => row.form === undefined || row.form === form)) {
        test(row.name, () =>
          leavesNothingOpen(() => check(library, state, row, row.expected[Math.min(index, 5)])),
        )
      }
    })
  }
}

test('every method and property is in the table', () => {
  const tested = new Set(rows.map(({ name }) => name.split(' ')[0]))
  tested.add('constructor')
  for (const { name, library } of forms) {
    for (
      let holder = library.Socket.prototype;
      holder !== Object.prototype;
      holder = Object.getPrototypeOf(holder)
    ) {
      const missing = Reflect.ownKeys(holder).filter((key) => typeof key === 'string' && !tested.has(key))
      assert.deepEqual(missing, [], `of the ${name} form`)
    }
  }
})
