// What a socket does that never waits: the same in both forms. What may wait is in socket.ts.
import {
  type AddressOf,
  codecForName,
  decodeAddress,
  encodeAddress,
  type ReturnedAddressOf,
} from './core/address/index.ts'
import { boolean, int, integer, optionalInt, seconds } from './core/arguments.ts'
import { lengthOf, type WritableBytes, writableBytesOf } from './core/bytes.ts'
import { osError, wrongType } from './core/errors.ts'
import type { NumericOption, OptionBytes, OptionValue } from './core/options/table.ts'
import { NUMBER_OR_BYTES, textOption } from './core/options/text.ts'
import { getdefaulttimeout } from './core/timeout.ts'
import { noteOrigin, watchForLeak } from './leak.ts'
import { isTcp } from './ops/attempts.ts'
import { Handle } from './ops/handle.ts'
import { resolveBlocking } from './resolve.ts'
import {
  AF_INET,
  AF_VSOCK,
  IPPROTO_TCP,
  SO_DOMAIN,
  SO_PROTOCOL,
  SO_RCVLOWAT,
  SO_RCVTIMEO,
  SO_SNDTIMEO,
  SO_TYPE,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
  SOMAXCONN,
  TCP_ULP,
} from './sys/constants.ts'
import { native } from './sys/native.ts'
import { finish } from './wait/closing.ts'
import { noticeKernelLimits } from './wait/limit.ts'
import { endWaiting, setReferenced } from './wait/ready.ts'

/** Says to the constructor that a handle follows: for this package's own modules. */
export const FROM_HANDLE: unique symbol = Symbol('from handle')

/** The handle of a socket: for this package's own modules. */
export const HANDLE: unique symbol = Symbol('handle')

/** The handle of what has to be a socket. */
export function handleOf(syscall: string, socket: unknown): Handle {
  const handle = typeof socket === 'object' && socket !== null && HANDLE in socket ? socket[HANDLE] : null
  if (handle === null) throw wrongType(syscall, 'socket', 'a Socket', socket)
  return handle as Handle
}

/** The base of both forms: everything that does not wait. */
export abstract class BaseSocket<Family extends number = number> {
  readonly [HANDLE]: Handle

  /**
   * Makes a socket, or takes over a descriptor that is one.
   *
   * @param family `AF_INET` (the default), `AF_INET6`, `AF_UNIX`, …
   * @param type `SOCK_STREAM` (the default), `SOCK_DGRAM`, `SOCK_SEQPACKET`, `SOCK_RAW`; with `| SOCK_NONBLOCK` the time
   *   limit begins at 0
   * @param proto the protocol; 0 (the default) for the usual one
   * @param fileno a descriptor to own from now on, instead of a new one; what is not given of the other parameters is
   *   asked from it
   * @throws OSError EAFNOSUPPORT, EPROTONOSUPPORT, EMFILE, …; ENOTSOCK and EBADF for `fileno`; TypeError, RangeError
   */
  constructor(family?: Family, type?: number, proto?: number, fileno?: number | null)
  /** @internal */
  constructor(how: typeof FROM_HANDLE, handle: Handle)
  constructor(
    family?: Family | typeof FROM_HANDLE,
    type?: number | Handle,
    proto?: number,
    fileno?: number | null,
  ) {
    if (family === FROM_HANDLE) this[HANDLE] = type as Handle
    else {
      const given = [family, type as number | undefined, proto] as const
      const handle = fileno === undefined || fileno === null ? open(...given) : take(fileno, ...given)
      noteOrigin(handle, new.target as never)
      this[HANDLE] = handle
    }
    watchForLeak(this, this[HANDLE])
  }

  /** The address family: `AF_INET`, … */
  get family(): Family {
    return this[HANDLE].family as Family
  }

  /** The type: `SOCK_STREAM`, … */
  get type(): number {
    return this[HANDLE].type
  }

  /** The protocol. */
  get proto(): number {
    return this[HANDLE].proto
  }

  /** The time limit of waiting operations in seconds, `null` for none; as `gettimeout`. */
  get timeout(): number | null {
    return this[HANDLE].timeout
  }

  /**
   * bind - give the socket an address of its own
   *
   * @param address as the family has it; a host name is looked up, on the calling thread
   * @throws OSError EADDRINUSE, EADDRNOTAVAIL, EACCES; gaierror for a name; TypeError and RangeError for an address that
   *   is none
   * @example
   * socket.bind(['127.0.0.1', 0])
   * @see man 2 bind
   */
  bind(address: AddressOf<Family>): void {
    const handle = this[HANDLE]
    if (address === undefined || address === null) throw wrongType('bind', 'address', 'an address', address)
    const numeric = codecForName(handle.family, address) ? resolveBlocking(handle, address, 'bind') : address
    const length = encodeAddress(handle, numeric, native.address, 'bind')
    check(native.bind(handle.fd, length), 'bind', address, handle.family)
  }

  /**
   * listen - let the socket take connections
   *
   * @param backlog how many may wait to be accepted; by default the lesser of `SOMAXCONN` and 128
   * @throws OSError EADDRINUSE, EOPNOTSUPP
   * @example
   * socket.listen()
   * @see man 2 listen
   */
  listen(backlog: number = Math.min(SOMAXCONN, 128)): void {
    // As in Python, a negative backlog is none.
    check(native.listen(this[HANDLE].fd, Math.max(0, int('listen', 'backlog', backlog))), 'listen')
  }

  /**
   * close - close the socket
   *
   * Whoever waits for it gets `ECANCELED`; everything after that fails with `EBADF`. A second call does nothing. If
   * there are file objects of `makefile`, the descriptor lives until the last of them is closed.
   *
   * @throws OSError what close(2) reports (EIO, ENOSPC, …), except ECONNRESET
   * @example
   * socket.close()
   * @see man 2 close
   */
  close(): void {
    const handle = this[HANDLE]
    handle.closing = true
    if (handle.files === 0) finish(handle)
  }

  /**
   * detach - give the descriptor away
   *
   * The socket object counts as closed, the descriptor stays open and belongs to the caller. Whoever waits gets
   * `ECANCELED`. An adopted descriptor gets the status flags back that it came with; all others are non-blocking.
   *
   * @returns the descriptor, -1 if the socket was closed before
   * @example
   * const fd = socket.detach()
   */
  detach(): number {
    const handle = this[HANDLE]
    const { fd } = handle
    endWaiting(handle)
    handle.fd = -1
    if (fd < 0) return fd
    native.disown(fd)
    const flags = flagsBefore.get(handle)
    if (flags !== undefined) native.set_status_flags(fd, flags)
    return fd
  }

  /**
   * dup - a second socket object over a duplicate of the descriptor
   *
   * @returns the duplicate, close-on-exec, with the same time limit
   * @throws OSError EMFILE, EBADF
   * @example
   * const second = socket.dup()
   * @see man 2 dup
   */
  dup(): this {
    const { fd, kind, timeout, kernelLimited } = this[HANDLE]
    const copy = configure(new Handle(check(native.dup(fd, 1), 'dup'), kind))
    copy.timeout = timeout
    copy.kernelLimited = kernelLimited
    noteOrigin(copy, this.dup as never)
    return adopt(this, copy)
  }

  /**
   * fileno - the descriptor
   *
   * @returns its number, -1 once the socket is closed
   * @example
   * console.log(socket.fileno())
   */
  fileno(): number {
    return this[HANDLE].fd
  }

  /**
   * getsockname - the socket's own address
   *
   * @throws OSError EBADF
   * @example
   * const [host, port] = socket.getsockname()
   * @see man 2 getsockname
   */
  getsockname(): ReturnedAddressOf<Family> {
    const handle = this[HANDLE]
    check(native.getsockname(handle.fd), 'getsockname')
    return decodeAddress(native.address, native.numbers[0]!, handle) as ReturnedAddressOf<Family>
  }

  /**
   * getpeername - the address that the socket is connected to
   *
   * @throws OSError ENOTCONN, EBADF
   * @example
   * const [host, port] = socket.getpeername()
   * @see man 2 getpeername
   */
  getpeername(): ReturnedAddressOf<Family> {
    const handle = this[HANDLE]
    check(native.getpeername(handle.fd), 'getpeername')
    return decodeAddress(native.address, native.numbers[0]!, handle) as ReturnedAddressOf<Family>
  }

  /**
   * getsockopt - the value of an option that is an integer
   *
   * @param level `SOL_SOCKET`, `IPPROTO_TCP`, …
   * @param optname `SO_REUSEADDR`, …
   * @throws OSError ENOPROTOOPT, EBADF
   * @example
   * const size = socket.getsockopt(SOL_SOCKET, SO_RCVBUF)
   * @see man 2 getsockopt
   */
  getsockopt<Level extends number, Name extends number>(
    level: Level,
    optname: NumericOption<Family, Level, Name> & Name,
  ): number
  /**
   * getsockopt - the value of an option as bytes
   *
   * @param level `SOL_SOCKET`, `IPPROTO_TCP`, …
   * @param optname `SO_LINGER`, …
   * @param buflen the most bytes that the value may have, 1 to 65536; 0 for an integer. Or bytes, at most so many, for
   *   options that are asked with a value: they are left as they are, and the answer has room for as many
   * @returns as many bytes as the value has
   */
  getsockopt<Level extends number, Name extends number>(
    level: Level,
    optname: Name,
    buflen: number | ArrayBufferView,
  ): OptionBytes<Family, Level, Name>
  getsockopt(level: number, optname: number, buflen: number | ArrayBufferView = 0): number | Buffer {
    const { fd } = this[HANDLE]
    int('getsockopt', 'level', level)
    int('getsockopt', 'optname', optname)
    const question = ArrayBuffer.isView(buflen) ? writableBytesOf('getsockopt', 'buflen', buflen) : null
    const length = question === null ? buflen : lengthOf(question)
    const size = integer('getsockopt', 'buflen', length, 0, LONGEST_OPTION)
    if (size === 0 && level === AF_VSOCK) return this.#wideOption(optname)
    if (size === 0) {
      check(native.getsockopt_int(fd, level, optname), 'getsockopt')
      return native.numbers[0]!
    }
    const value = question === null ? Buffer.alloc(size) : Buffer.from(question)
    return value.subarray(0, check(native.getsockopt(fd, level, optname, value), 'getsockopt'))
  }

  // The numbers of AF_VSOCK (its level is the family) have 64 bits, and the kernel refuses shorter ones.
  #wideOption(optname: number): number {
    check(native.getsockopt(this[HANDLE].fd, AF_VSOCK, optname, new Uint8Array(wide.buffer)), 'getsockopt')
    return Number(wide[0])
  }

  /**
   * setsockopt - set an option
   *
   * TypeScript knows what the options take by their constants. For one that it does not know, or a `level` or `optname`
   * that is only known when the program runs, the value may be a number, a boolean or bytes.
   *
   * @param level `SOL_SOCKET`, `IPPROTO_TCP`, …
   * @param optname `SO_REUSEADDR`, …
   * @param value a number or boolean for an integer; bytes, which a codec makes, for a struct; text for a name, such as that
   *   of SO_BINDTODEVICE
   * @throws OSError ENOPROTOOPT, EINVAL, EPERM, EBADF; TypeError, RangeError
   * @example
   * socket.setsockopt(SOL_SOCKET, SO_REUSEADDR, true)
   * @see man 2 setsockopt
   */
  setsockopt<Level extends number, Name extends number>(
    level: Level,
    optname: Name,
    value: OptionValue<Family, Level, Name>,
  ): void
  /**
   * setsockopt - set an option that has a length and no value
   *
   * @param level the level
   * @param optname the option
   * @param value `null`
   * @param optlen the length
   */
  setsockopt(level: number, optname: number, value: null, optlen: number): void
  setsockopt(
    level: number,
    optname: number,
    value: number | boolean | string | WritableBytes | null,
    optlen?: number,
  ): void {
    const handle = this[HANDLE]
    int('setsockopt', 'level', level)
    int('setsockopt', 'optname', optname)
    if (level === IPPROTO_TCP && optname === TCP_ULP) handle.drainable = false // TLS records end reads short, too.
    if (level === SOL_SOCKET && optname === SO_RCVLOWAT) handle.drainable = false // What is below the mark is no event.
    if (level === SOL_SOCKET && KERNEL_LIMITS.has(optname)) handle.kernelLimited = true
    if (value === null) {
      const length = integer('setsockopt', 'optlen', optlen, 0, 2 ** 31 - 1)
      check(native.setsockopt_null(handle.fd, level, optname, length), 'setsockopt')
    } else if (optlen !== undefined) {
      throw wrongType('setsockopt', 'optlen', 'left out unless the value is null', optlen)
    } else if (level === AF_VSOCK && typeof value === 'number') {
      wide[0] = BigInt(integer('setsockopt', 'value', value, 0, Number.MAX_SAFE_INTEGER))
      check(native.setsockopt(handle.fd, level, optname, new Uint8Array(wide.buffer)), 'setsockopt')
    } else if (typeof value === 'number' || typeof value === 'boolean') {
      const number = unsignedToInt(integer('setsockopt', 'value', Number(value), -(2 ** 31), 2 ** 32 - 1))
      check(native.setsockopt_int(handle.fd, level, optname, number), 'setsockopt')
    } else {
      const bytes =
        typeof value === 'string'
          ? textOption('setsockopt', 'value', level, optname, value)
          : writableBytesOf('setsockopt', 'value', value, NUMBER_OR_BYTES)
      check(native.setsockopt(handle.fd, level, optname, bytes), 'setsockopt')
    }
  }

  /**
   * shutdown - close one or both directions
   *
   * @param how `SHUT_RD`, `SHUT_WR` (the peer then reads the end of the stream) or `SHUT_RDWR`
   * @throws OSError ENOTCONN, EINVAL, EBADF
   * @example
   * socket.shutdown(SHUT_WR)
   * @see man 2 shutdown
   */
  shutdown(how: number): void {
    check(native.shutdown(this[HANDLE].fd, int('shutdown', 'how', how)), 'shutdown')
  }

  /**
   * setblocking - whether operations may wait: short for `settimeout(null)` or `settimeout(0)`
   *
   * @example
   * socket.setblocking(false)
   */
  setblocking(flag: boolean): void {
    this.#setTimeout(boolean('setblocking', 'flag', flag) ? null : 0)
  }

  /**
   * getblocking - whether operations may wait: whether the time limit is not 0
   *
   * @example
   * if (socket.getblocking()) console.log('recv waits')
   */
  getblocking(): boolean {
    return this[HANDLE].timeout !== 0
  }

  /**
   * settimeout - set the time limit of waiting operations
   *
   * @param timeout seconds, may be fractional: operations fail with TimeoutError after that; `null`: they wait without
   *   limit, or until that of SO_RCVTIMEO or SO_SNDTIMEO (BlockingIOError) if the socket has such; 0: they fail at once
   *   with BlockingIOError where they would have to wait
   * @throws TypeError, RangeError
   * @example
   * socket.settimeout(2.5)
   */
  settimeout(timeout: number | null): void {
    this.#setTimeout(seconds('settimeout', 'timeout', timeout))
  }

  #setTimeout(timeout: number | null): void {
    const handle = this[HANDLE]
    // As in Python: a descriptor that somebody else has closed is noticed here.
    check(native.get_status_flags(handle.fd), 'settimeout')
    handle.timeout = timeout
  }

  /**
   * gettimeout - the time limit of waiting operations
   *
   * @returns seconds, or `null` for none
   * @example
   * console.log(socket.gettimeout())
   */
  gettimeout(): number | null {
    return this[HANDLE].timeout
  }

  /**
   * getInheritable - whether programs that are executed get the descriptor
   *
   * @throws OSError EBADF
   * @example
   * console.log(socket.getInheritable()) // false
   * @see man 2 fcntl, FD_CLOEXEC
   */
  getInheritable(): boolean {
    return check(native.get_inheritable(this[HANDLE].fd), 'getInheritable') === 1
  }

  /**
   * setInheritable - set whether programs that are executed get the descriptor
   *
   * @throws OSError EBADF
   * @example
   * socket.setInheritable(true)
   * @see man 2 ioctl, FIOCLEX
   */
  setInheritable(inheritable: boolean): void {
    const value = boolean('setInheritable', 'inheritable', inheritable)
    check(native.set_inheritable(this[HANDLE].fd, value ? 1 : 0), 'setInheritable')
  }

  /**
   * ref - let waiting on this socket keep the process alive, as it does at first
   *
   * @example
   * socket.ref()
   */
  ref(): this {
    setReferenced(this[HANDLE], true)
    return this
  }

  /**
   * unref - let the process end although something waits on this socket
   *
   * @example
   * server.unref()
   */
  unref(): this {
    setReferenced(this[HANDLE], false)
    return this
  }

  /** Closes the socket at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close()
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const { fd, family, type, proto } = this[HANDLE]
    return `Socket { fd: ${fd}, family: ${family}, type: ${type}, proto: ${proto} }`
  }
}

const LONGEST_OPTION = 65536
const wide = new BigUint64Array(1)

/** A native result that is not an error, or the error. */
export function check(result: number, syscall: string, address?: unknown, family?: number): number {
  if (result < 0) throw osError(result, syscall, address, family)
  return result
}

// As in C, where an option of type int is often written as an unsigned number (marks, addresses).
function unsignedToInt(value: number): number {
  return value | 0
}

/** A socket object of the same class around another handle. */
export function adopt<Any extends object>(like: Any, handle: Handle): Any {
  const likewise = like.constructor as new (how: typeof FROM_HANDLE, handle: Handle) => Any
  return new likewise(FROM_HANDLE, handle)
}

function open(family?: number, type?: number, proto?: number): Handle {
  const wanted = optionalInt('Socket', 'type', type, SOCK_STREAM)
  return newHandle(
    optionalInt('Socket', 'family', family, AF_INET),
    wanted,
    optionalInt('Socket', 'proto', proto, 0),
    (domain, kind, protocol) => check(native.socket(domain, kind, protocol), 'socket'),
  )
}

/** A handle around what `make` returns; flags in `type` are taken out of it and obeyed. */
export function newHandle(
  family: number,
  typeAndFlags: number,
  proto: number,
  make: (family: number, type: number, proto: number) => number,
): Handle {
  const type = typeAndFlags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)
  return configure(new Handle(make(family, type, proto), { family, type, proto }), typeAndFlags)
}

/** The state that every socket begins with. */
export function configure(handle: Handle, typeAndFlags: number = handle.type): Handle {
  handle.timeout = typeAndFlags & SOCK_NONBLOCK ? 0 : getdefaulttimeout()
  handle.drainable = isTcp(handle.kind)
  return handle
}

function take(fileno: number, family?: number, type?: number, proto?: number): Handle {
  const fd = integer('Socket', 'fileno', fileno, 0, 2 ** 31 - 1)
  const asked = (given: number | undefined, name: string, option: number): number => {
    if (given !== undefined) return int('Socket', name, given)
    check(native.getsockopt_int(fd, SOL_SOCKET, option), 'getsockopt')
    return native.numbers[0]!
  }
  const [domain, kind, protocol] = [
    asked(family, 'family', SO_DOMAIN),
    asked(type, 'type', SO_TYPE),
    asked(proto, 'proto', SO_PROTOCOL),
  ]
  const flags = check(native.get_status_flags(fd), 'Socket')
  const handle = newHandle(domain, kind, protocol, () => check(native.adopt(fd), 'Socket'))
  noticeKernelLimits(handle)
  if ((flags & O_NONBLOCK) === 0) {
    native.set_status_flags(fd, flags | O_NONBLOCK)
    flagsBefore.set(handle, flags)
  }
  return handle
}

/** The status flags that adopted descriptors came with, where they had to be changed. */
const flagsBefore = new WeakMap<Handle, number>()

// Those with a 64-bit time_t everywhere, SO_RCVTIMEO_NEW and SO_SNDTIMEO_NEW, have no exported names.
const KERNEL_LIMITS: ReadonlySet<number> = new Set([SO_RCVTIMEO, SO_SNDTIMEO, 66, 67])

/** The kernel defines the one as the other. */
const O_NONBLOCK = SOCK_NONBLOCK
