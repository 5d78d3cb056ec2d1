// Performs Python's requests with the library, in either form: finds the call in the mapping, and makes the
// answer.
import { constants as system } from 'node:os'
import { functions, kindOf, match, methods } from './mapping.mjs'
import { Arguments, any, NotEncodable } from './values.mjs'

/** The sockets of a host. They are numbers to Python. */
export class Sockets {
  #byNumber = new Map()
  #last = 0

  get(number) {
    return this.#byNumber.get(number)
  }

  put(socket) {
    this.#byNumber.set(++this.#last, socket)
    return this.#last
  }

  forget(number) {
    this.#byNumber.delete(number)
  }
}

/** An answer: what it says, the descriptors that go with it, and those of them that are Python's alone. */
export class Answer {
  ok = null
  buffers = []
  descriptors = []
  givenAway = []
  #publish

  /** `publish` is told of each socket in the answer and gives its number. */
  constructor(publish) {
    this.#publish = publish
  }

  /** Puts a descriptor into the answer; the number by which its value names it. */
  show(fd) {
    return this.descriptors.push(fd) - 1
  }

  give(fd) {
    this.givenAway.push(fd)
    return this.show(fd)
  }

  socket(socket) {
    const { family, type, proto } = socket
    const inheritable = socket.getInheritable()
    const { number, fd } = this.#publish(socket)
    return { socket: { number, family, type, proto, fd, inheritable, descriptor: this.show(fd) } }
  }
}

export class Performer {
  #library
  #sockets
  #publish
  #methods
  #functions

  /** A name that the library lacks does not exist for Python either: tests that need it are lost. */
  constructor(library, sockets, publish) {
    this.#library = library
    this.#sockets = sockets
    this.#publish = publish
    this.#methods = existing(methods(library), library.Socket.prototype)
    this.#functions = existing(functions, library)
  }

  /** What Python has to know of the library. */
  hello() {
    // Python makes an enumeration of all that begins with SOCK_; two options of ours would be types of
    // sockets.
    const isConstant = ([name, value]) =>
      /^[A-Z](?!OCK_.*_LOCK)/.test(name) &&
      ['number', 'bigint', 'string'].includes(typeof value) &&
      !(name in system.errno)
    const constants = Object.entries(this.#library).filter(isConstant)
    return {
      hasIpv6: this.#library.hasIpv6,
      constants: Object.fromEntries(constants.map(([name, value]) => [name, any(value)])),
      functions: Object.keys(this.#functions),
      methods: Object.keys(this.#methods),
    }
  }

  /** A new socket, or one around a descriptor, which Python has then already; Python's -1 is "not given". */
  open({ args }) {
    const [family, type, proto, fileno] = new Arguments(this.#sockets).read(args)
    const asked = [family, type, proto].map((value) => (value === -1 ? undefined : value))
    const answer = new Answer(this.#publish)
    answer.ok = answer.socket(new this.#library.Socket(...asked, fileno))
    if (fileno !== null) answer.descriptors = []
    return answer
  }

  /** Calls a method or a function: its result or the promise of it, and what makes an answer of it. */
  call({ op, name, socket, args, named = {} }) {
    const target = op === 'method' ? this.#sockets.get(socket) : this.#library
    const [theirName, parameters, result, arrange = (values) => values] = (
      op === 'method' ? this.#methods : this.#functions
    )[name]
    const reader = new Arguments(this.#sockets)
    const positional = args.map((value, index) => reader.read(value, kindOf(name, parameters[index] ?? '')))
    const byName = Object.entries(named).map(([key, value]) => [key, reader.read(value, kindOf(name, key))])
    const value = target[theirName](...arrange(match(name, parameters, positional, byName)))
    const answered = (settled) => {
      const answer = new Answer(this.#publish)
      answer.ok = result(settled, answer)
      answer.buffers = reader.memory.map(([index, memory]) => [index, memory.toString('base64')])
      return answer
    }
    return { value, answered }
  }

  /** What Python raises. */
  error(error) {
    const { gaierror, herror, OSError, TimeoutError } = this.#library
    const { errno, message, strerror } = error
    if (error instanceof NotEncodable) {
      return { type: 'UnicodeEncodeError', args: ['utf-8', error.given, error.at, error.at + 1, message] }
    }
    // The limit of settimeout; the kernel's own ETIMEDOUT has another message.
    if (error instanceof TimeoutError && message.endsWith(': timed out')) {
      return { type: 'TimeoutError', args: ['timed out'] }
    }
    if (error instanceof gaierror) return { type: 'gaierror', args: [errno, strerror] }
    if (error instanceof herror) return { type: 'herror', args: [errno, strerror] }
    if (error instanceof OSError) return { type: 'OSError', args: [errno, strerror] }
    if (error instanceof RangeError) return { type: 'RangeError', args: [message] }
    if (error instanceof TypeError) return { type: 'TypeError', args: [message] }
    return { type: 'HostError', args: [error.stack ?? String(error)] }
  }
}

function existing(table, target) {
  const exists = ([, [theirName]]) => typeof target[theirName] === 'function'
  return Object.fromEntries(Object.entries(table).filter(exists))
}
