// Calls everything there is with arguments that mean nothing: `fuzz.js FORM COUNT SEED`, in a folder of its own. Says
// what came out that should not have: an error of the inside, or of a kind that is not promised.
import { AF_INET, AF_INET6, AF_UNIX, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_STREAM, type Socket } from 'berkeley'
import * as options from 'berkeley/options'
import fc from 'fast-check'
import { native } from '#sys/native.js'
import { forms } from '../forms.ts'
import { Bite, everything } from '../nasty.ts'

const [name, count, seed] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])]
const { library } = forms.find((form) => form.name === name)!
const SOME = 100 // As many calls on the same sockets.
const SHORT = 0.001
const ABORTED = 'enough'

// Numeric only: nobody should be asked for these names.
const { getaddrinfo, getnameinfo } = native
const calls = native as { -readonly [name in keyof typeof native]: (typeof native)[name] }
const AI_NUMERICHOST = 4
const NI_NUMERICHOST = 1
calls.getaddrinfo = (host, service, family, type, proto, flags) =>
  getaddrinfo(host, service, family, type, proto, flags | AI_NUMERICHOST)
calls.getnameinfo = (address, flags) => getnameinfo(address, flags | NI_NUMERICHOST)
calls.gethostbyaddr = () => native.gethostbyname(Buffer.from('localhost\0'))
calls.sethostname = () => 0

// ---- what is called ------------------------------------------------------------------------------------------------

type Any = Socket<number>
type Call = (args: unknown[]) => unknown

const reached: unknown[] = []

function newSockets(): Any[] {
  const { createServer, Socket: AnySocket, socketpair } = library
  library.setdefaulttimeout(0)
  const server = createServer(['127.0.0.1', 0])
  const datagram = new AnySocket(AF_INET, SOCK_DGRAM)
  datagram.bind(['127.0.0.1', 0])
  const closed = new AnySocket<number>(AF_UNIX)
  closed.close()
  reached.splice(0, reached.length, server.getsockname(), datagram.getsockname())
  return [
    ...[
      server,
      datagram,
      closed,
      new AnySocket(AF_INET),
      new AnySocket(AF_INET6),
      new AnySocket(AF_UNIX, SOCK_DGRAM),
    ],
    ...socketpair(AF_UNIX, SOCK_STREAM),
    ...socketpair(AF_UNIX, SOCK_SEQPACKET),
  ] as Any[]
}

function methodNames(): (string | symbol)[] {
  const names = new Set<string | symbol>()
  for (let of: object = library.Socket.prototype; of !== Object.prototype; of = Object.getPrototypeOf(of)) {
    for (const key of Reflect.ownKeys(of)) {
      if (key !== 'constructor' && typeof Reflect.getOwnPropertyDescriptor(of, key)!.value === 'function')
        names.add(key)
    }
  }
  return [...names]
}

const methods = methodNames()
const isError = (value: object) => 'prototype' in value && value.prototype instanceof Error
function functionsOf(module: object): [string, Call][] {
  return Object.entries(module).filter(([, value]) => typeof value === 'function' && !isError(value))
}
const functions = functionsOf(library)
const optionFunctions = functionsOf(options)

// Descriptors of this process, its output among them, should not be closed, read or changed.
const OWN = 100_000
const takesDescriptor = new Set(['Socket', 'close', 'dup', 'fromfd', 'sendFds', 'sendfile', 'splice'])
const harmlessNumber = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(harmlessNumber)
  return typeof value === 'number' && value >= 0 && value < OWN ? OWN + value : value
}

function callFunction(args: unknown[]): unknown {
  const [name, value] = functions[next(functions.length)]!
  const given = takesDescriptor.has(name) ? args.map(harmlessNumber) : args
  const isClass = /^class /.test(Function.prototype.toString.call(value))
  return isClass ? Reflect.construct(value, given) : Reflect.apply(value, undefined, given)
}

function callOptionFunction(socket: Any, args: unknown[]): unknown {
  const [name, value] = optionFunctions[next(optionFunctions.length)]!
  const [anything, ...others] = args
  const result = Reflect.apply(value, undefined, [next(3) ? socket : harmlessNumber(anything), ...others])
  if (name === 'getPeerPidfd') library.close(result as number)
  return result
}

function callMethod(socket: Any, args: unknown[]): unknown {
  const name = methods[next(methods.length)]!
  if (socket.fileno() >= 0) socket.settimeout(next(4) ? 0 : SHORT)
  const given = takesDescriptor.has(String(name)) ? args.map(harmlessNumber) : args
  const result = Reflect.apply(Reflect.get(socket, name) as Call, socket, given)
  if (name === 'detach' && typeof result === 'number' && result >= 0) library.close(result)
  return result
}

function callSomething(socket: Any, args: unknown[]): unknown {
  const what = next(5)
  if (what === 0) return callOptionFunction(socket, args)
  return what < 3 ? callMethod(socket, args) : callFunction(args)
}

function dispose(result: unknown): void {
  if (Array.isArray(result)) result.forEach(dispose)
  else if (
    typeof result === 'object' &&
    result !== null &&
    'close' in result &&
    typeof result.close === 'function'
  ) {
    Promise.resolve(result.close()).catch(judge)
  }
}

// ---- what comes of it ----------------------------------------------------------------------------------------------

const complaints = new Map<string, number>()

function judge(error: unknown): void {
  if (error instanceof Bite || error === ABORTED) return
  const promised = [TypeError, RangeError, library.OSError, AggregateError].some(
    (type) => error instanceof type,
  )
  const { code, message } = error as { code?: string; message?: string }
  const isInside =
    code === 'ERR_BERKELEY_INTERNAL' || /is not a function|Cannot read propert/.test(message ?? '')
  if (promised && !isInside) return
  const said = String((error as { stack?: string })?.stack ?? error)
    .split('\n')
    .slice(0, 4)
    .join(' | ')
  complaints.set(said, (complaints.get(said) ?? 0) + 1)
}

// ---- the arguments -------------------------------------------------------------------------------------------------

const nastyOnes = everything()
type Make = () => unknown
const always =
  (value: unknown): Make =>
  () =>
    value

// In functions, since fast-check would look into what it holds.
const useful = fc.constantFrom<Make>(
  () => Buffer.from('hello'),
  () => new Uint8Array(64),
  () => reached[0],
  () => reached[1],
  () => ['127.0.0.1', 1],
  () => ['::1', 1],
  () => '\0abstract',
  () => ({ signal: AbortSignal.abort(ABORTED) }),
  () => ({ signal: new AbortController().signal, flags: 1 }),
  () => [[1, 1, new Uint8Array(4)]],
  () => [Buffer.from('a'), 'b'],
)
// A path that begins with a slash would be a file elsewhere.
const text = fc.string({ unit: 'binary', maxLength: 20 }).map((value) => value.replace(/^\//, ''))
const number = fc.oneof(fc.constantFrom(0, 1, 2, 4, 10, 64, -1, 2 ** 31 - 1), fc.integer(), fc.double())
const anything = fc.anything({
  values: [text, number, fc.boolean(), fc.constant(null), fc.constant(undefined), fc.bigInt()],
  withTypedArray: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withSparseArray: true,
  maxDepth: 2,
})
const argument = fc.oneof(
  { weight: 3, arbitrary: useful },
  { weight: 2, arbitrary: number.map(always) },
  { weight: 2, arbitrary: fc.constantFrom(...nastyOnes.map(always)) },
  { weight: 3, arbitrary: anything.map(always) },
)
const supply = fc.sample(argument, { numRuns: 4000, seed })

// What to call with which of them. (xorshift: fast-check would take longer than all the calls.)
let state = seed || 1
function next(below: number): number {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  return (state >>> 0) % below
}

// ---- all of it -----------------------------------------------------------------------------------------------------

process.on('unhandledRejection', (error) => judge(new Error(`nobody heard of ${error}`)))
process.on('warning', () => {})

// Also when what waits was told not to.
const staysAlive = setInterval(() => {}, 1000)
let made = 0
for (let from = 0; from < count; from += SOME) {
  const sockets = newSockets()
  const pending: unknown[] = []
  for (let i = 0; i < SOME; i++) {
    library.setdefaulttimeout(SHORT)
    made++
    const args = Array.from({ length: next(6) }, () => supply[next(supply.length)]!())
    try {
      pending.push(callSomething(sockets[next(sockets.length)]!, args))
    } catch (error) {
      judge(error)
    }
  }
  for (const settled of await Promise.allSettled(pending)) {
    if (settled.status === 'rejected') judge(settled.reason)
    else dispose(settled.value)
  }
  for (const socket of sockets) socket.close()
}
clearInterval(staysAlive)
for (const [said, times] of complaints) console.log(`${times} × ${said}`)
console.log(`${made} calls`)
