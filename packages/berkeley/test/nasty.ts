// Values that nobody should pass, by what the parameter wants instead. They are made anew for each call, since some work
// only once.

/** What the code of such a value throws, if somebody runs it. */
export class Bite extends Error {}

const bite = (): never => {
  throw new Bite('its code was run')
}

const revoked = (target: object): object => {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

const traps = ['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor', 'apply'] as const
const bitingProxy = (target: object): object => {
  return new Proxy(target, Object.fromEntries(traps.map((trap) => [trap, bite])))
}

const getter = { get: bite }
const bitingObject = () => {
  return Object.defineProperties({}, { valueOf: getter, toString: getter, [Symbol.toPrimitive]: getter })
}

const bitingArray = () => Object.defineProperty([1, 2], 0, { get: bite })

export function detached(): ArrayBuffer {
  const buffer = new ArrayBuffer(8)
  structuredClone(buffer, { transfer: [buffer] })
  return buffer
}

function detachedView(View: new (buffer: ArrayBuffer) => ArrayBufferView): ArrayBufferView {
  const buffer = new ArrayBuffer(8)
  const view = new View(buffer)
  structuredClone(buffer, { transfer: [buffer] })
  return view
}

export const THREE_GIBIBYTES = 3 * 2 ** 30

/** Each is of a type that is right somewhere, but nowhere for all. */
const strangers = {
  null: () => null,
  true: () => true,
  bigint: () => 1n,
  symbol: () => Symbol('nasty'),
  function: () => bite,
  class: () => Bite,
  number: () => 1,
  empty: () => '',
  digit: () => '1',
  surrogate: () => '\ud800',
  huge: () => 'x'.repeat(2 ** 20),
  object: () => ({}),
  bare: () => Object.create(null),
  boxed: () => Object(1),
  date: () => new Date(0),
  map: () => new Map(),
  regularExpression: () => /x/,
  promise: () => Promise.resolve(1),
  list: () => [],
  listOfOne: () => [1],
  listOfMany: () => new Array(2 ** 20).fill(1),
  bitingObject,
  bitingList: bitingArray,
  bitingProxy: () => bitingProxy({}),
  bitingFunction: () => bitingProxy(() => {}),
  revoked: () => revoked({}),
  revokedList: () => revoked([]),
  bytes: () => new Uint8Array(8),
  buffer: () => new ArrayBuffer(8),
  proxyOfBytes: () => new Proxy(new Uint8Array(8), {}),
  revokedBytes: () => revoked(new Uint8Array(8)),
  imitation: () => Object.create(Uint8Array.prototype),
  detached,
  detachedBytes: () => detachedView(Uint8Array),
  detachedNumbers: () => detachedView(Float64Array),
  detachedView: () => detachedView(DataView),
}
type Stranger = keyof typeof strangers

/** Strangers but for those that are at home here. */
function but(...welcome: Stranger[]): unknown[] {
  const names = Object.keys(strangers) as Stranger[]
  return names.filter((name) => !welcome.includes(name)).map((name) => strangers[name]())
}

const texts: Stranger[] = ['empty', 'digit', 'surrogate', 'huge']
const someBytes: Stranger[] = ['bytes', 'buffer']
// What can only be told apart by reading it, which runs its code. That code may throw what it likes.
const readable: Stranger[] = ['bitingProxy', 'bitingList', 'revoked', 'revokedList']
const anyObject: Stranger[] = (Object.keys(strangers) as Stranger[]).filter((name) => {
  const value = strangers[name]()
  return typeof value === 'object' && value !== null
})

const unnatural = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 53, 1e300]
const LONG_PATH = 'p'.repeat(108)

/** What a parameter wants: the values of a wrong type, and those of the right type that are wrong all the same. */
export interface Kind {
  readonly wrongType: () => unknown[]
  readonly wrongValue: () => unknown[]
}

const kind = (wrongType: () => unknown[], wrongValue: () => unknown[] = () => []): Kind => ({ wrongType, wrongValue })

/** Of each family, as every method takes them. */
const addresses = {
  inet: () => [
    ['127.0.0.1', 70_000],
    ['127.0.0.1', -1],
    ['127.0.0.1', Number.NaN],
    ['127.0.0.1', Number.POSITIVE_INFINITY],
    ['name\0', 80],
    ['x'.repeat(2 ** 20), 80],
    { family: -1, bytes: new Uint8Array(14) },
    { family: 70_000, bytes: new Uint8Array(14) },
    { family: 2, bytes: new Uint8Array(200) },
    { family: 2, bytes: new Uint8Array(THREE_GIBIBYTES) },
  ],
  inet6: () => [
    ['::1', 70_000],
    ['::1', 1, -1],
    ['::1', 1, 2 ** 20],
    ['::1', 1, 0, -1],
    ['::1', 1, 0, 2 ** 32],
    ['::1\0', 1],
    ['::1%\0', 1],
  ],
  unix: () => [
    'a\0b',
    LONG_PATH,
    `\0${LONG_PATH}`,
    Buffer.from('a\0b'),
    new Uint8Array(200),
    new Uint8Array(THREE_GIBIBYTES).fill(1, 0, 1),
  ],
}
const wrongPairs = () => [
  ['127.0.0.1'],
  ['127.0.0.1', 80, 0],
  ['127.0.0.1', '80'],
  ['127.0.0.1', 1.5],
  ['127.0.0.1', null],
  ['127.0.0.1', 80n],
  [null, 80],
  [Symbol('host'), 80],
  ['127.0.0.1', Symbol('port')],
  { family: '2', bytes: new Uint8Array(14) },
  { family: 2, bytes: 5 },
  { family: 2, bytes: detached() },
]

export const kinds = {
  /** A C int. */
  int: kind(() => but('number'), () => [...unnatural, 2 ** 31, -(2 ** 31) - 1]),
  /** Flags, where options may stand as well. */
  flags: kind(() => but('number', 'null', ...anyObject), () => [...unnatural, 2 ** 31]),
  natural: kind(() => but('number'), () => [...unnatural, -1, 2 ** 31]),
  /** How many bytes the kernel moves at most. */
  size: kind(() => but('number'), () => [...unnatural, -1, 0x7ffff001, THREE_GIBIBYTES]),
  /** As `size`, where options may stand as well. */
  optionalSize: kind(() => but('number', ...anyObject), () => [...unnatural, -1, 0x7ffff001, THREE_GIBIBYTES]),
  port: kind(() => but('number'), () => [...unnatural, -1, 65_536, 70_000]),
  uint32: kind(() => but('number'), () => [...unnatural, -1, 2 ** 32]),
  seconds: kind(() => but('number', 'null'), () => [...unnatural, -1, -0.1]),
  boolean: kind(() => but('number', 'true')),
  /** Text without NUL. */
  text: kind(() => but(...texts), () => ['a\0b']),
  /** A name as text or bytes. */
  name: kind(() => but(...texts, ...someBytes), () => ['a\0b', 'x'.repeat(2000), Buffer.from('a\0b')]),
  nameOrNull: kind(() => but('null', ...texts, ...someBytes), () => ['a\0b', 'x'.repeat(2000)]),
  /** Anything to be sent. */
  data: kind(() => but(...texts, ...someBytes)),
  /** Memory to be filled. */
  memory: kind(() => but(...someBytes)),
  list: kind(() => but('list', 'listOfOne', 'listOfMany', 'map', ...readable)),
  lists: kind(() => [[1], [null], [{}], [Symbol('nasty')], [detached()], [bite], [1n]]),
  options: kind(() => but(...anyObject)),
  inet: kind(() => [...but('list', ...readable), ...wrongPairs()], addresses.inet),
  inet6: kind(() => [...but('list', ...readable), ['::1'], ['::1', 1, 2, 3, 4]], addresses.inet6),
  unix: kind(() => but(...texts, ...someBytes, ...readable, 'buffer'), addresses.unix),
}

/** Objects whose code must be run to know what they are. */
export const readables = () => readable.map((name) => strangers[name]())

/** All of them, for the fuzz. */
export function everything(): unknown[] {
  return [...but(), ...Object.values(kinds).flatMap(({ wrongValue }) => wrongValue())]
}
