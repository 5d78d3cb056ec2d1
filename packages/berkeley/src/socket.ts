// The two classes of sockets. What may wait is put on their prototypes from the table in ops/prepare.ts, through one
// driver or the other; its contract and documentation are in socket-methods.ts.
import { adopt, BaseSocket, check, configure, HANDLE } from './base-socket.ts'
import { codecForName, type ReturnedAddressOf } from './core/address/index.ts'
import { type FileOptions, makefile, type SocketFile } from './file.ts'
import type { Handle } from './ops/handle.ts'
import { prepare, prepareAccept, type WaitOptions } from './ops/prepare.ts'
import type { Request } from './ops/request.ts'
import { resolveAsync, resolveBlocking } from './resolve.ts'
import type { Connected, Form, Iterated, Waiting, WaitingMethods } from './socket-methods.ts'
import { type AF_INET, SO_ACCEPTCONN, SOCK_SEQPACKET, SOCK_STREAM, SOL_SOCKET } from './sys/constants.ts'
import { native } from './sys/native.ts'
import * as blocking from './wait/blocking.ts'
import * as ready from './wait/ready.ts'

/**
 * Socket - an endpoint for communication, whose waiting methods return promises
 *
 * @example
 * await using socket = new Socket(AF_INET, SOCK_DGRAM)
 * await socket.sendto('hello', ['127.0.0.1', 7])
 * @see man 2 socket
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: install() below puts exactly these methods on the prototype
export class Socket<Family extends number = typeof AF_INET> extends BaseSocket<Family> {
  accept(options?: WaitOptions): Promise<[Connected<'async', Family>, ReturnedAddressOf<Family>]> {
    return asynchronously(this[HANDLE], () => prepareAccept(accepting(this), options)) as never
  }

  /**
   * makefile - a file object over the socket: buffered, by lines, as text or bytes
   *
   * @param mode `'r'` (the default), `'w'` or `'rw'`; with `'b'` for bytes instead of text
   * @param options buffering, encoding and newlines, as in Python
   * @throws TypeError, RangeError
   * @example
   * for await (const line of socket.makefile('r')) console.log(line)
   */
  makefile<Mode extends string = 'r'>(mode?: Mode, options?: FileOptions): SocketFile<'async', Mode> {
    return makefile('async', this[HANDLE], this, mode, options)
  }

  /** Closes the socket at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  /**
   * A listening socket yields `[socket, address]`, a connected one its chunks up to its end, a datagram socket
   * `[data, address]`. Closing the socket ends the iteration.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Iterated<'async', Family>, void, undefined> {
    const next = nextOf<'async'>(this)
    try {
      for (let item = await next(); !isEnd(item); item = await next()) yield item as Iterated<'async', Family>
    } catch (error) {
      if (!this[HANDLE].closing) throw error
    }
  }
}

/** Its methods that may have to wait. */
export interface Socket<Family extends number> extends WaitingMethods<Family, 'async'> {}

/**
 * Socket - an endpoint for communication, whose methods block the calling thread until they are done
 *
 * @example
 * using socket = new Socket(AF_INET, SOCK_DGRAM)
 * socket.sendto('hello', ['127.0.0.1', 7])
 * @see man 2 socket
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: install() below puts exactly these methods on the prototype
export class BlockingSocket<Family extends number = typeof AF_INET> extends BaseSocket<Family> {
  accept(options?: never): [Connected<'blocking', Family>, ReturnedAddressOf<Family>] {
    return blocking.perform(this[HANDLE], prepareAccept(accepting(this), options)) as never
  }

  /**
   * makefile - a file object over the socket: buffered, by lines, as text or bytes
   *
   * @param mode `'r'` (the default), `'w'` or `'rw'`; with `'b'` for bytes instead of text
   * @param options buffering, encoding and newlines, as in Python
   * @throws TypeError, RangeError
   * @example
   * for (const line of socket.makefile('r')) console.log(line)
   */
  makefile<Mode extends string = 'r'>(mode?: Mode, options?: FileOptions): SocketFile<'blocking', Mode> {
    return makefile('blocking', this[HANDLE], this, mode, options)
  }

  /**
   * A listening socket yields `[socket, address]`, a connected one its chunks up to its end, a datagram socket
   * `[data, address]`.
   */
  *[Symbol.iterator](): Generator<Iterated<'blocking', Family>, void, undefined> {
    const next = nextOf<'blocking'>(this)
    for (let item = next(); !isEnd(item); item = next()) yield item as Iterated<'blocking', Family>
  }
}

/** Its methods that may have to wait. */
export interface BlockingSocket<Family extends number> extends WaitingMethods<Family, 'blocking'> {}

// Both are `Socket` to their users, who see one of them.
Object.defineProperty(BlockingSocket, 'name', { value: 'Socket' })

// ---- what both share ------------------------------------------------------------------------------------------------

function accepting(socket: BaseSocket): (accepted: Handle) => BaseSocket {
  return (accepted) => adopt(socket, configure(accepted))
}

const CHUNK = 65536

type AnySocket<F extends Form> = BaseSocket & WaitingMethods<number, F>

function nextOf<F extends Form>(socket: BaseSocket): () => Waiting<F, unknown> {
  const any = socket as AnySocket<F>
  check(native.getsockopt_int(socket.fileno(), SOL_SOCKET, SO_ACCEPTCONN), 'getsockopt')
  if (native.numbers[0] !== 0) return () => any.accept()
  const connected = socket.type === SOCK_STREAM || socket.type === SOCK_SEQPACKET
  return connected ? () => any.recv(CHUNK) : () => any.recvfrom(CHUNK)
}

function isEnd(item: unknown): boolean {
  return Buffer.isBuffer(item) && item.length === 0
}

// ---- the methods made from the table --------------------------------------------------------------------------------

type Prepare = (
  handle: Handle,
  a?: unknown,
  b?: unknown,
  c?: unknown,
  d?: unknown,
  e?: unknown,
) => Request<unknown>

// An operation has one door: what is wrong with the arguments is rejected as well, not thrown.
function asynchronously<Result>(handle: Handle, makeRequest: () => Request<Result>): Promise<Result> {
  try {
    return ready.perform(handle, makeRequest())
  } catch (error) {
    return Promise.reject(error)
  }
}

function asyncMethod(prepareIt: Prepare) {
  return function (
    this: BaseSocket,
    a?: unknown,
    b?: unknown,
    c?: unknown,
    d?: unknown,
    e?: unknown,
  ): Promise<unknown> {
    const handle = this[HANDLE]
    try {
      const request = prepareIt(handle, a, b, c, d, e)
      request.owner = this
      if (request.operation.addressed && codecForName(handle.family, request.target)) {
        return performNamed(handle, request)
      }
      return ready.perform(handle, request)
    } catch (error) {
      return Promise.reject(error)
    }
  }
}

async function performNamed(handle: Handle, request: Request<unknown>): Promise<unknown> {
  request.target = await resolveAsync(handle, request.target, request.operation.name, request.signal)
  return ready.perform(handle, request)
}

function blockingMethod(prepareIt: Prepare) {
  return function (
    this: BaseSocket,
    a?: unknown,
    b?: unknown,
    c?: unknown,
    d?: unknown,
    e?: unknown,
  ): unknown {
    const handle = this[HANDLE]
    const request = prepareIt(handle, a, b, c, d, e)
    if (request.operation.addressed && codecForName(handle.family, request.target)) {
      request.target = resolveBlocking(handle, request.target, request.operation.name)
    }
    return blocking.perform(handle, request)
  }
}

function install(
  target: { prototype: object },
  makeMethod: (prepareIt: Prepare) => (...args: never[]) => unknown,
): void {
  for (const [name, prepareIt] of Object.entries(prepare)) {
    const value = Object.defineProperty(makeMethod(prepareIt as Prepare), 'name', { value: name })
    Object.defineProperty(target.prototype, name, { value, writable: true, configurable: true })
  }
}

install(Socket, asyncMethod)
install(BlockingSocket, blockingMethod)
