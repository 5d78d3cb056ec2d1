// Values that nobody should pass, by what the parameter wants instead. They are made anew for each call, since some
// work only once.

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

// Shared, because they are large; nobody writes to them.
export const THREE_GIBIBYTES = 3 * 2 ** 30
export const enormous = new Uint8Array(THREE_GIBIBYTES) // The system gives memory only for what is touched.
const huge = 'x'.repeat(2 ** 20)
const manyNumbers = new Array(2 ** 20).fill(1)

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
  huge: () => huge,
  object: () => ({}),
  bare: () => Object.create(null),
  boxed: () => Object(1),
  date: () => new Date(0),
  map: () => new Map(),
  regularExpression: () => /x/,
  promise: () => Promise.resolve(1),
  list: () => [],
  listOfOne: () => [1],
  listOfMany: () => manyNumbers,
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
const readable: Stranger[] = ['bitingProxy', 'bitingList', 'revoked', 'revokedList', 'revokedBytes']
const readableBytes: Stranger[] = ['proxyOfBytes', 'imitation']
const lists: Stranger[] = ['list', 'listOfOne', 'listOfMany', 'map', 'buffer', ...readable, ...readableBytes]
const anyObject: Stranger[] = (Object.keys(strangers) as Stranger[]).filter((name) => {
  const value = strangers[name]()
  return typeof value === 'object' && value !== null
})

const unnatural = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 53, 1e300]
const LONG_PATH = 'p'.repeat(108)

/** What a parameter wants: gives values of a wrong type, and values of the right type that are wrong all the same. */
export type Kind = () => readonly [wrongType: readonly unknown[], wrongValue?: readonly unknown[]]

const wrongPairValues = () => [
  ['127.0.0.1', 70_000],
  ['127.0.0.1', -1],
  ['127.0.0.1', Number.NaN],
  ['127.0.0.1', Number.POSITIVE_INFINITY],
  ['name\0', 80],
  [huge, 80],
]

/** Of each family, as every method takes them. */
const addresses = {
  inet: () => [
    ...wrongPairValues(),
    { family: -1, bytes: new Uint8Array(14) },
    { family: 70_000, bytes: new Uint8Array(14) },
    { family: 2, bytes: new Uint8Array(200) },
    { family: 2, bytes: enormous },
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
  unix: () => ['a\0b', LONG_PATH, `\0${LONG_PATH}`, Buffer.from('a\0b'), new Uint8Array(200), enormous],
}
const wrongPairs = () => [
  ['127.0.0.1'],
  ['127.0.0.1', 80, 0, 0, 0],
  ['127.0.0.1', '80'],
  ['127.0.0.1', 1.5],
  ['127.0.0.1', null],
  ['127.0.0.1', 80n],
  [null, 80],
  [Symbol('host'), 80],
  ['127.0.0.1', Symbol('port')],
]
const wrongBytes = () => [
  { family: '2', bytes: new Uint8Array(14) },
  { family: 2, bytes: 5 },
  { family: 2, bytes: detached() },
]

/** `Or…`: what may stand in its place as well. */
export const kinds = {
  int: () => [but('number'), [...unnatural, 2 ** 31, -(2 ** 31) - 1]],
  /** An int; anything else would be another parameter. */
  intOnly: () => [[], [...unnatural, 2 ** 31]],
  intOrOptions: () => [but('number', 'null', ...anyObject), [...unnatural, 2 ** 31]],
  natural: () => [but('number'), [...unnatural, -1, 2 ** 31]],
  naturalOrBytes: () => [but('number', ...someBytes), [...unnatural, -1, 2 ** 31]],
  naturalOrNull: () => [but('number', 'null'), [...unnatural, -1, 2 ** 31]],
  openDescriptor: () => [but('number'), [...unnatural, 2 ** 31]],
  /** What has a descriptor, or one that may be open. */
  descriptor: () => [but('number', ...readable), [...unnatural, -1, 2 ** 31]],
  /** An interface by its name or its index. */
  device: () => [but('number', ...texts), [...unnatural, -1, 2 ** 31, 'a\0b']],
  deviceOrNull: () => [but('number', 'null', ...texts), [...unnatural, -1, 2 ** 31, 'a\0b', 'x'.repeat(16)]],
  ip: () => [but(...texts), ['', 'a\0b', 'localhost', '1.2.3', '::1%lo', ':::', '1.2.3.4 ']],
  program: () => [
    but('bytes', 'buffer', 'list', 'listOfOne', 'listOfMany', ...readable),
    [[], new Uint8Array(7), new Uint8Array(8 * 4097)],
  ],
  /** A program of extended BPF, which may be longer. */
  extendedProgram: () => [
    but('bytes', 'buffer', 'list', 'listOfOne', 'listOfMany', ...readable),
    [[], new Uint8Array(7), new Uint8Array(8 * 1_000_001)],
  ],
  uint32: () => [but('number'), [...unnatural, -1, 2 ** 32]],
  port: () => [but('number'), [...unnatural, -1, 65_536, 70_000]],
  /** How many bytes the kernel moves at most. */
  size: () => [but('number'), [...unnatural, -1, 0x7ffff001, THREE_GIBIBYTES]],
  sizeOrOptions: () => [but('number', ...anyObject), [...unnatural, -1, 0x7ffff001, THREE_GIBIBYTES]],
  /** A position or a count in a file. */
  offsetOrOptions: () => [but('number', 'null', ...anyObject), [...unnatural, -1]],
  /** As much as a file may have. */
  offset: () => [but('number', 'null'), [...unnatural, -1, 0]],
  file: () => [but('number', 'bitingProxy', 'revoked', 'revokedList', 'revokedBytes'), [...unnatural, -1]],
  secondsOrNull: () => [but('number', 'null'), [...unnatural, -1, -0.1]],
  boolean: () => [but('number', 'true')],
  booleanOrNull: () => [but('number', 'true', 'null')],
  optionValue: () => [but('number', 'true', 'null', ...someBytes), [...unnatural, 2 ** 32]],
  something: () => [[null, undefined]],
  text: () => [but(...texts), ['a\0b']],
  textOrNull: () => [but('null', ...texts), ['a\0b']],
  /** A name as text or bytes. */
  name: () => [but(...texts, ...someBytes), ['a\0b', 'x'.repeat(2000), Buffer.from('a\0b')]],
  nameOrNull: () => [but('null', ...texts, ...someBytes), ['a\0b', 'x'.repeat(2000)]],
  /** A port, or the name of a service. */
  serviceOrNull: () => [but('number', 'null', ...texts, ...someBytes), [...unnatural, -1, 65_536, 'a\0b']],
  hostAndService: () => [[...but(...readable), ['::1'], [1, 1], ['::1', {}]], wrongPairValues()],
  /** Anything to be sent. */
  data: () => [but(...texts, ...someBytes)],
  /** Memory to be filled. */
  memory: () => [but(...someBytes)],
  /** Memory that was not mapped is refused by the kernel's errno. */
  mapped: () => [but('detachedBytes', ...someBytes)],
  list: () => [but(...lists)],
  // A list of three thousand million numbers would be the end.
  listOrNull: () => [[...but('null', ...lists), enormous]],
  /** Such a list as there are of data, but with something wrong in it. */
  listOfWrong: () => [[[1], [null], [{}], [Symbol('nasty')], [detached()], [bite], [1n]]],
  numbers: () => [[...but(...lists), enormous]],
  options: () => [but(...anyObject)],
  pair: () => [[...but(...readable), ...wrongPairs()], wrongPairValues()],
  inet: () => [[...but(...readable), ...wrongPairs(), ...wrongBytes()], addresses.inet()],
  inetOrNull: () => [[...but('null', ...readable), ...wrongPairs(), ...wrongBytes()], addresses.inet()],
  inet6: () => [[...but(...readable), ['::1'], ['::1', 1, 2, 3, 4]], addresses.inet6()],
  unix: () => [but(...texts, ...someBytes, ...readable), addresses.unix()],
  /** Nothing of all this. */
  anything: () => [but(...readable)],
} satisfies Record<string, Kind>

/** Objects whose code must be run to know what they are. */
export const readables = () => readable.map((name) => strangers[name]())

/** All of them, for the fuzz. */
export function everything(): unknown[] {
  return [...but(), ...Object.values(kinds as Record<string, Kind>).flatMap((wants) => wants()[1] ?? [])]
}
