// Calls what the addon exports with arguments that mean nothing, as the library never does: `fuzz-native.js WHEN
// COUNT SEED`; WHEN is `started`, after it has begun to watch for events, or `idle`, as long as it does not. Says
// what came out that was neither a number, nor memory, nor an error of the type of an argument.
import { AF_INET, AF_UNIX, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_STREAM } from 'berkeley'
import fc from 'fast-check'
import { native } from '#sys/native.js'
import { Bite, everything } from '../nasty.ts'

const [count, seed] = process.argv.slice(3).map(Number) as [number, number]
const started = process.argv[2] === 'started'
if (started) native.ready_start(() => {})
type Call = (...args: unknown[]) => unknown

const O_NONBLOCK = 0x800
// It takes nothing and gives an object, as `layout` is one.
const LAYOUT = 'netlink_layout'
const names = Object.keys(native).filter((name) => {
  if (name === LAYOUT) return false
  return typeof native[name as keyof typeof native] === 'function' && (started || name !== 'ready_start')
})

// ---- arguments that would hurt nobody but this process --------------------------------------------------------------

const NO_DESCRIPTORS = [-1, 1_000_000]
const none = new Set([
  ...['socket', 'socketpair', 'poll', 'ready_start', 'ready_reference', 'getaddrinfo', 'getnameinfo'],
  ...['gethostbyname', 'gethostbyaddr', 'getservbyname', 'getservbyport', 'getprotobyname', 'gethostname'],
  ...['sethostname', 'if_nameindex', 'if_nametoindex', 'if_indextoname', 'set_pool', 'pipe'],
])
const two = new Set(['sendfile', 'splice'])
/** Which of the arguments are descriptors. */
const descriptorsAt = (name: string): number[] => (none.has(name) ? [] : two.has(name) ? [0, 1] : [0])

let sockets: number[] = []

function openSockets(): void {
  for (const [family, type] of [
    [AF_INET, SOCK_STREAM],
    [AF_INET, SOCK_DGRAM],
    [AF_UNIX, SOCK_SEQPACKET],
  ]) {
    sockets.push(native.socket(family!, type!, 0))
  }
  native.socketpair(AF_UNIX, SOCK_STREAM, 0)
  sockets.push(native.numbers[0]!, native.numbers[1]!)
}

function safe(name: string, args: unknown[]): unknown[] {
  const given = [...args]
  for (const at of descriptorsAt(name)) {
    // A number of any kind becomes an int in C, and could be that of the standard output.
    if (typeof given[at] === 'number') given[at] = [...sockets, ...NO_DESCRIPTORS][next(sockets.length + 2)]
  }
  if (name === 'poll' && typeof given[2] === 'number') given[2] = next(2) // Or it would wait.
  if (name === 'set_status_flags' && typeof given[1] === 'number') given[1] = given[1] | O_NONBLOCK
  if (name === 'sethostname') return given.filter((value) => !ArrayBuffer.isView(value))
  return given
}

// ---- the arguments ---------------------------------------------------------------------------------------------------

type Make = () => unknown
const always =
  (value: unknown): Make =>
  () =>
    value
const sizes = fc.constantFrom(0, 1, 2, 4, 8, 16, 110, 128, 256, 4096)
const number = fc.oneof(
  sizes,
  fc.integer(),
  fc.double(),
  fc.constantFrom(-1, 2 ** 31, 2 ** 53, 2 ** 63, -(2 ** 63)),
)
const memory = fc.oneof(
  sizes.map(
    (size): Make =>
      () =>
        new Uint8Array(size),
  ),
  fc.uint8Array({ maxLength: 64 }).map(always),
  fc.constantFrom<Make>(
    () => new Uint8Array(new SharedArrayBuffer(8)),
    () => [new Uint8Array(8), new Uint8Array(0)],
    () => [new Uint8Array(8), 5],
    () => Buffer.from('localhost\0'),
    () => native.address,
    () => native.numbers,
    () => native.scratch,
    () => () => {},
  ),
)
// Not gibibytes: lookups copy what they are asked.
const nastyOnes = everything().filter((value) => !(ArrayBuffer.isView(value) && isLarge(value)))
const argument = fc.oneof(
  { weight: 4, arbitrary: number.map(always) },
  { weight: 4, arbitrary: memory },
  { weight: 1, arbitrary: fc.constantFrom(...nastyOnes.map(always)) },
  { weight: 1, arbitrary: fc.anything({ withTypedArray: true }).map(always) },
)
const supply = fc.sample(argument, { numRuns: 4000, seed })

function isLarge(value: ArrayBufferView): boolean {
  try {
    return value.byteLength > 2 ** 20
  } catch {
    return false
  }
}

let state = seed || 1
function next(below: number): number {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  return (state >>> 0) % below
}

// ---- all of it -------------------------------------------------------------------------------------------------------

const LONGEST_CALL = 9
const arity = new Map<string, number>()
/** Calls with a wrong number of arguments say so; most calls should get further than that. */
function lengthFor(name: string): number {
  const known = arity.get(name)
  return known === undefined || next(10) === 0 ? next(LONGEST_CALL + 1) : known
}

const complaints = new Map<string, number>()
let contracts = 0
for (let made = 0; made < count; made++) {
  if (made % 500 === 0) {
    for (const socket of sockets) native.close(socket)
    sockets = []
    openSockets()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const name = names[next(names.length)]!
  const args = safe(
    name,
    Array.from({ length: lengthFor(name) }, () => supply[next(supply.length)]!()),
  )
  try {
    const result = (native[name as keyof typeof native] as unknown as Call)(...args)
    arity.set(name, args.length)
    const isRight = typeof result === 'number' || result instanceof Int32Array || name.endsWith('_layout')
    if (!isRight) complaints.set(`${name} gives ${typeof result}`, 1)
    if (typeof result === 'number' && result >= 0) keep(name, result)
  } catch (error) {
    // A list of pieces whose getters throw: what they throw comes through.
    if (error instanceof Bite) continue
    if (!(error instanceof TypeError)) complaints.set(`${name} throws ${error}`, 1)
    else if (!/number of arguments/.test(error.message)) arity.set(name, args.length)
    contracts++
  }
}

/** New descriptors are closed with the next lot. */
function keep(name: string, result: number): void {
  if (['socket', 'accept', 'dup', 'adopt'].includes(name)) {
    if (!sockets.includes(result)) sockets.push(result)
  } else if (name === 'socketpair' || name === 'pipe') sockets.push(native.numbers[0]!, native.numbers[1]!)
}

for (const [said] of complaints) console.log(said)
console.log(`${count} calls`)
if (contracts === 0 || contracts === count) console.log('all ended alike')
process.exit() // What was called may keep it alive.
