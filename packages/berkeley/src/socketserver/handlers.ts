// Request handlers: one instance for each request. What is here runs in both forms: with promises, and blocking in a
// thread or process of its own (`static blocking = true`).
import { HANDLE } from '../base-socket.ts'
import { integer } from '../core/arguments.ts'
import type { Data } from '../core/bytes.ts'
import { OSError } from '../core/error-classes.ts'
import type { Form, Waiting } from '../core/form.ts'
import { makeMeteredFile, type SocketFile } from '../file.ts'
import { type AF_INET, IPPROTO_TCP, TCP_NODELAY } from '../sys/constants.ts'
import { classAttributes, secondsOrNull, wholeNumber, wholeNumberOrNull, yesOrNo } from './attributes.ts'
import { BytesIO } from './bytes-file.ts'
import { type ClientAddress, type DatagramRequest, meterOf, type StreamRequest } from './request.ts'
import { awaitAll, callAll } from './running.ts'

/** What the methods of a handler return: with promises, one or nothing; blocking, nothing. */
// biome-ignore lint/suspicious/noConfusingVoidType: methods that return nothing are meant
export type Handling<F extends Form> = F extends 'async' ? void | Promise<void> : void

const DONE: unknown = undefined

/** What a handler knows of its server, which may be in another thread or process. */
export interface RequestServer {
  /** Where the server is. */
  readonly serverAddress: unknown
  readonly addressFamily?: number
  readonly socketType?: number
}

/**
 * BaseRequestHandler - the base of all request handlers
 *
 * An instance is made for each request; then `setup`, `handle` and, if `setup` succeeded, `finish` are called.
 *
 * Methods that may be overridden:
 * - `setup()`
 * - `handle()`
 * - `finish()`
 *
 * Class attributes, which subclasses and instances may have values of their own for:
 * - `blocking` - in threads and processes: whether the handler gets blocking sockets, and a thread or process to itself
 *   for as long as it takes; false. It must be static, and its methods return no promises
 * - `maxRequestTime` - how long a request may take altogether, in seconds, before it is cut off; `null`: without limit
 *
 * Attributes: `request`, `clientAddress`, `server`
 *
 * @example
 * class Greeter extends BaseRequestHandler {
 *   override async handle() { await this.request.sendall(`hello ${this.clientAddress[0]}\n`) }
 * }
 * @see https://docs.python.org/3/library/socketserver.html#request-handler-objects
 */
export class BaseRequestHandler<
  Request = StreamRequest<typeof AF_INET>,
  Address = ClientAddress<typeof AF_INET>,
  F extends Form = 'async',
> {
  static blocking = false
  static maxRequestTime: number | null = null

  declare readonly blocking: boolean
  declare maxRequestTime: number | null
  /** The connection; or the packet and the socket that it came through. */
  readonly request: Request
  /** Who sent it. */
  readonly clientAddress: Address
  /** The server; in another thread or process, what it passes on of itself. */
  readonly server: RequestServer

  constructor(request: Request, clientAddress: Address, server: RequestServer) {
    this.request = request
    this.clientAddress = clientAddress
    this.server = server
  }

  /** Called before `handle`, to get ready. */
  setup(): Handling<F> {
    return DONE as Handling<F>
  }

  /** Serves the request. */
  handle(): Handling<F> {
    return DONE as Handling<F>
  }

  /** Called after `handle`, to clean up. */
  finish(): Handling<F> {
    return DONE as Handling<F>
  }

  /** Runs what may wait in the handler's form. @internal */
  protected run(steps: Generator<unknown, void, unknown>): Handling<F> {
    return (this.blocking ? callAll(steps) : awaitAll(steps)) as Handling<F>
  }
}

classAttributes(BaseRequestHandler, { blocking: yesOrNo, maxRequestTime: secondsOrNull })

/** A file that is written: takes strings as well. */
export type RequestWriter<F extends Form> = Omit<SocketFile<F, 'wb'>, 'write' | 'writelines'> & {
  /** Writes all of the data; with `wbufsize` 0 it is sent at once. */
  write(data: Data): Waiting<F, number>
  /** Writes several pieces. */
  writelines(lines: Iterable<Data>): Waiting<F, void>
}

/**
 * StreamRequestHandler - the base of handlers of connections, with a file for each direction
 *
 * Methods that may be overridden: `setup()`, `handle()`, `finish()`; call `super.setup()` and `super.finish()` there.
 *
 * Class attributes, which subclasses and instances may have values of their own for:
 * - `timeout` - the time limit of each operation on the connection, in seconds; `null`: none
 * - `maxRequestTime` - how long a request may take altogether, in seconds; `null`: without limit
 * - `maxLineSize` - the most bytes of a line that is read; what exceeds it fails with EMSGSIZE: 1 MiB
 * - `maxRequestSize` - the most bytes that may come altogether; `null`: without limit
 * - `rbufsize` - the size of the buffer of `rfile`; -1: the usual one
 * - `wbufsize` - the size of the buffer of `wfile`; 0: none, each `write` sends
 * - `disableNagleAlgorithm` - whether to set TCP_NODELAY; use it only with a buffer: false
 * - `blocking` - as of BaseRequestHandler
 *
 * Attributes: `request`, `clientAddress`, `server`, `connection`, `rfile`, `wfile`
 *
 * @example
 * class Echo extends StreamRequestHandler {
 *   override async handle() { for await (const line of this.rfile) await this.wfile.write(line) }
 * }
 * @see https://docs.python.org/3/library/socketserver.html#socketserver.StreamRequestHandler
 */
export class StreamRequestHandler<
  Family extends number = typeof AF_INET,
  F extends Form = 'async',
> extends BaseRequestHandler<StreamRequest<Family, F>, ClientAddress<Family>, F> {
  static timeout: number | null = null
  static maxLineSize: number | null = 2 ** 20
  static maxRequestSize: number | null = null
  static rbufsize = -1
  static wbufsize = 0
  static disableNagleAlgorithm = false

  declare timeout: number | null
  declare maxLineSize: number | null
  declare maxRequestSize: number | null
  declare rbufsize: number
  declare wbufsize: number
  declare disableNagleAlgorithm: boolean
  /** The connection: the same as `request`. */
  connection!: StreamRequest<Family, F>
  /** What comes from the client. */
  rfile!: SocketFile<F, 'rb'>
  /** What goes to the client. */
  wfile!: RequestWriter<F>

  override setup(): Handling<F> {
    const connection = this.request
    this.connection = connection
    if (this.timeout !== null) connection.settimeout(this.timeout)
    if (this.disableNagleAlgorithm) connection.setsockopt(IPPROTO_TCP, TCP_NODELAY, true)
    const meter = meterOf(connection)
    meter.maxLine = this.#bound('maxLineSize')
    meter.maxTotal = this.#bound('maxRequestSize')
    const file = <M extends 'rb' | 'wb'>(mode: M, size: number) =>
      makeMeteredFile(
        (this.blocking ? 'blocking' : 'async') as F,
        connection[HANDLE],
        connection,
        mode,
        size,
        meter,
      )
    this.rfile = file('rb', this.rbufsize)
    this.wfile = file('wb', this.wbufsize) as unknown as RequestWriter<F>
    return DONE as Handling<F>
  }

  override finish(): Handling<F> {
    return this.run(this.#closeFiles())
  }

  #bound(name: 'maxLineSize' | 'maxRequestSize'): number {
    const { [name]: most } = this
    return most === null ? Number.POSITIVE_INFINITY : integer('setup', name, most, 0, Number.MAX_SAFE_INTEGER)
  }

  *#closeFiles(): Generator<unknown, void, unknown> {
    try {
      yield this.wfile.close()
    } catch (error) {
      // The client may be gone: what it did not wait for cannot be sent.
      if (!(error instanceof OSError)) throw error
    }
    yield this.rfile.close()
  }
}

classAttributes(StreamRequestHandler, {
  timeout: secondsOrNull,
  maxLineSize: wholeNumberOrNull(0),
  maxRequestSize: wholeNumberOrNull(0),
  rbufsize: wholeNumber(-1),
  wbufsize: wholeNumber(-1),
  disableNagleAlgorithm: yesOrNo,
})

/**
 * DatagramRequestHandler - the base of handlers of datagrams, with files in memory
 *
 * What `handle` writes to `wfile` is sent back as one datagram by `finish`; also if it is nothing.
 *
 * Methods that may be overridden: `setup()`, `handle()`, `finish()`; call `super.setup()` and `super.finish()` there.
 *
 * Class attributes: `maxRequestTime`, `blocking`, as of BaseRequestHandler
 *
 * Attributes: `request`, `clientAddress`, `server`, `packet`, `socket`, `rfile`, `wfile`
 *
 * @example
 * class Upper extends DatagramRequestHandler {
 *   override handle() { this.wfile.write(`${this.packet}`.toUpperCase()) }
 * }
 * @see https://docs.python.org/3/library/socketserver.html#socketserver.DatagramRequestHandler
 */
export class DatagramRequestHandler<
  Family extends number = typeof AF_INET,
  F extends Form = 'async',
> extends BaseRequestHandler<DatagramRequest<Family, F>, ClientAddress<Family>, F> {
  /** The datagram. */
  packet!: Buffer
  /** The server's socket, to answer through. */
  socket!: DatagramRequest<Family, F>[1]
  /** The datagram, as a file. */
  rfile!: BytesIO
  /** The answer. */
  wfile!: BytesIO

  override setup(): Handling<F> {
    ;[this.packet, this.socket] = this.request
    this.rfile = new BytesIO(this.packet)
    this.wfile = new BytesIO()
    return DONE as Handling<F>
  }

  override finish(): Handling<F> {
    return this.run(this.#answer())
  }

  *#answer(): Generator<unknown, void, unknown> {
    const answer = this.wfile.getvalue()
    meterOf(this.request).sent = answer.length
    yield this.socket.sendto(answer, this.clientAddress as never)
  }
}
