// Python's values in JSON, in both directions. What JSON lacks is an object with one key, which names the
// kind.

// ---- to Python: each takes a result of the library, and the answer that it becomes part of
// --------------------------

export const none = () => null
export const text = (value) => value ?? ''
export const truth = Boolean
export const path = (value) => ({ path: base64(value) })
export const seconds = (value) => (value === null ? null : { float: String(value) })
export const socket = (value, answer) => answer.socket(value)
export const descriptor = (value, answer) => ({ descriptor: answer.give(number(value)) })

export function number(value) {
  if (typeof value !== 'number') throw new Error(`the library returned ${typeof value}, not a number`)
  return value
}

export function bytes(value) {
  if (!Buffer.isBuffer(value)) throw new Error(`the library returned ${typeof value}, not a Buffer`)
  return { bytes: base64(value) }
}

export const list = (item) => (values, answer) => Array.from(values, (value) => item(value, answer))

export const tuple =
  (...items) =>
  (values, answer) => ({ tuple: items.map((item, index) => item(values[index], answer)) })

/** Whatever it is, by its type. */
export function any(value) {
  if (value === undefined || value === null) return null
  if (ArrayBuffer.isView(value)) return bytes(value)
  if (Array.isArray(value)) return { tuple: value.map(any) }
  if (typeof value === 'bigint') return { integer: String(value) }
  return value
}

export function address(value) {
  if (Buffer.isBuffer(value)) return value[0] === 0 ? bytes(value) : path(value)
  if (typeof value === 'object' && value !== null && 'family' in value) {
    return tuple(number, bytes)([value.family, value.bytes])
  }
  return any(value)
}

/** Control messages. Numbers of descriptors mean nothing in Python: the descriptors themselves are given. */
export function ancillary(isRights) {
  const item = (values, answer) => {
    const [level, type, data] = values
    if (!isRights(level, type)) return tuple(number, number, bytes)(values)
    const rest = data.subarray(data.length - (data.length % 4))
    const rights = Array.from({ length: Math.floor(data.length / 4) }, (_, index) =>
      answer.give(data.readInt32LE(4 * index)),
    )
    return { tuple: [number(level), number(type), { rights, rest: base64(rest) }] }
  }
  return list(item)
}

function base64(view) {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('base64')
}

// ---- from Python
// ----------------------------------------------------------------------------------------------------

/** A text that Python itself could not encode. */
export class NotEncodable extends Error {
  constructor(given) {
    super('surrogates not allowed')
    this.given = given
    this.at = given.search(LONE_SURROGATE)
  }
}

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

// Python's 'surrogateescape': bytes that are no UTF-8 stand in a text as lone surrogates.
function escapedBytes(given) {
  const parts = Array.from(given, (character) => {
    const code = character.codePointAt(0)
    if (code >= 0xdc80 && code <= 0xdcff) return Buffer.from([code - 0xdc00])
    if (code >= 0xd800 && code <= 0xdfff) throw new NotEncodable(given)
    return Buffer.from(character)
  })
  return Buffer.concat(parts)
}

/** The arguments of one request; `sockets.get(number)` is the socket of that number. */
export class Arguments {
  /** The memory that the call may write into: its index in the request, and itself. */
  memory = []
  #sockets

  constructor(sockets) {
    this.#sockets = sockets
  }

  /**
   * What Python gives as a parameter that is 'memory' (to be written into), 'data' (to be sent), a 'number'
   * or something else. Three things that Python's types rule out are no mistakes in JavaScript, and come as
   * values that no call can take: bytes as memory (nothing in JavaScript refuses to be written), a text as
   * data (which we send as UTF-8), an object as a number (which we take as options).
   */
  read(value, as = 'value') {
    if (typeof value === 'string') {
      if (as === 'data') return instanceOf('str')
      return LONE_SURROGATE.test(value) ? escapedBytes(value) : value
    }
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map((item) => this.read(item, as))
    const [[kind, content]] = Object.entries(value)
    switch (kind) {
      case 'bytes':
        return as === 'memory' ? instanceOf('bytes') : Buffer.from(content, 'base64')
      case 'memory':
        return this.#writable(content)
      case 'iterator':
        return this.read(content, as)[Symbol.iterator]()
      case 'integer':
      case 'float':
        return Number(content.replace('inf', 'Infinity'))
      case 'socket':
        return this.#sockets.get(content)
      case 'object':
        return as === 'number' ? Symbol(content) : instanceOf(content)
      default:
        throw new Error(`Python sent a value of unknown kind: ${kind}`)
    }
  }

  #writable([index, content]) {
    const memory = Buffer.from(content, 'base64')
    this.memory.push([index, memory])
    return memory
  }
}

function instanceOf(name) {
  return new { [name]: class {} }[name]()
}
