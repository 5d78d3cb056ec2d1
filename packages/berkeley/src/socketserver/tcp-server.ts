// Servers over sockets: the four kinds, by address family and socket type.
import { BaseSocket } from '../base-socket.ts'
import type { AddressOf, ReturnedAddressOf } from '../core/address/index.ts'
import { boolean, byteCount, int, seconds } from '../core/arguments.ts'
import { OSError } from '../core/error-classes.ts'
import { timedOut, wrongType, wrongValue } from '../core/errors.ts'
import { select } from '../select/async.ts'
import { Socket } from '../socket.ts'
import {
  AF_INET,
  AF_UNIX,
  SHUT_WR,
  SO_ACCEPTCONN,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOL_SOCKET,
} from '../sys/constants.ts'
import { classAttributes, secondsOrNull, yesOrNo } from './attributes.ts'
import { type Awaitable, BaseServer, Unidentified } from './base-server.ts'
import type { RequestHandlerSource } from './handler-source.ts'
import { LONGEST_TIMER } from './interrupting.ts'
import { receiveHeader } from './proxy-protocol/receiving.ts'
import { isTrusted, trustedOrNull } from './proxy-protocol/trusted.ts'
import {
  bytesMoved,
  type ClientAddress,
  type DatagramRequest,
  meterOf,
  type StreamRequest,
} from './request.ts'
import { bindPath } from './unix-path.ts'

/**
 * TCPServer - a server of connections, one at a time
 *
 * Methods for the caller:
 * - `constructor(serverAddress, RequestHandlerClass, bindAndActivate = true)`: binds and listens at once
 * - `serveForever(pollInterval = 0.5)`
 * - `shutdown(deadline?)`
 * - `handleRequest()`, if you do not use `serveForever()`
 * - `fileno()`
 * - `stats()`
 *
 * Methods that may be overridden:
 * - `serverBind()`
 * - `serverActivate()`
 * - `getRequest()` → `[request, clientAddress]`
 * - `handleTimeout()`
 * - `verifyRequest(request, clientAddress)` → whether to serve it
 * - `processRequest(request, clientAddress)`
 * - `shutdownRequest(request)`
 * - `closeRequest(request)`
 * - `serviceActions()`
 * - `serverClose()`
 * - `handleError(request, clientAddress, error)`
 *
 * Methods for derived classes:
 * - `finishRequest(request, clientAddress)`
 *
 * Class attributes, which subclasses and instances may have values of their own for; those that the constructor needs
 * must be `static`, or be set before `serverBind()` with `bindAndActivate` false:
 * - `addressFamily` - `AF_INET`
 * - `socketType` - `SOCK_STREAM`
 * - `requestQueueSize` - how many connections may wait to be accepted: 5
 * - `allowReuseAddress` - whether to set SO_REUSEADDR: false
 * - `allowReusePort` - whether to set SO_REUSEPORT: false
 * - `replaceStalePath` - whether to take over a Unix path that exists, but where nobody listens any more: false
 * - `proxyProtocol` - addresses and networks of proxies (`['127.0.0.1', '10.0.0.0/8']`, `['*']` for all): their
 *   connections begin with a PROXY protocol header, version 1 or 2, and `clientAddress` is what it says; `null`
 * - `proxyTimeout` - how long such a header may take, in seconds; `null`: without limit; 5
 * - `timeout`, `maxRequests` - as of BaseServer
 *
 * Attributes: `serverAddress`, `RequestHandlerClass`, `socket`
 *
 * @example
 * await using server = new TCPServer(['127.0.0.1', 0], Echo)
 * await server.serveForever()
 * @see https://docs.python.org/3/library/socketserver.html
 */
export class TCPServer<
  Family extends number = typeof AF_INET,
  Request = StreamRequest<Family>,
> extends BaseServer<Request, ClientAddress<Family>> {
  static addressFamily: number = AF_INET
  static socketType: number = SOCK_STREAM
  static requestQueueSize = 5
  static allowReuseAddress = false
  static allowReusePort = false
  static replaceStalePath = false
  static proxyProtocol: readonly string[] | null = null
  static proxyTimeout: number | null = 5

  declare addressFamily: number
  declare socketType: number
  declare requestQueueSize: number
  declare allowReuseAddress: boolean
  declare allowReusePort: boolean
  declare replaceStalePath: boolean
  declare proxyProtocol: readonly string[] | null
  declare proxyTimeout: number | null
  declare serverAddress: ReturnedAddressOf<Family>
  /** The socket that requests come through. */
  socket: Socket<Family>
  /** What the socket was made with: values that were given later must not be ignored. */
  readonly #made: Readonly<Record<string, unknown>>

  /**
   * @param serverAddress where to bind; or a bound socket, which belongs to the server from now on
   * @param RequestHandlerClass a class of request handlers, or the URL of one: `new URL('./echo.js#Echo', import.meta.url)`
   * @param bindAndActivate whether to call `serverBind` and `serverActivate`
   * @throws OSError EADDRINUSE, EADDRNOTAVAIL, EACCES, …; gaierror for a name; TypeError, RangeError. Nothing is left open.
   *   EADDRINUSE of a Unix path says whether a server listens there or one that is gone has left it behind.
   */
  constructor(
    serverAddress: AddressOf<Family> | Socket<Family>,
    RequestHandlerClass: RequestHandlerSource,
    bindAndActivate = true,
  ) {
    super(serverAddress, RequestHandlerClass)
    const activates = boolean(new.target.name, 'bindAndActivate', bindAndActivate)
    if (serverAddress instanceof BaseSocket) {
      this.socket = this.#adopt(serverAddress)
      this.serverAddress = this.socket.getsockname()
    } else this.socket = new Socket(this.addressFamily as Family, this.socketType)
    this.#made = { addressFamily: this.addressFamily, socketType: this.socketType }
    if (!activates) return
    try {
      if (this.socket !== (serverAddress as unknown)) this.serverBind()
      if (!listens(this.socket)) this.serverActivate()
    } catch (error) {
      // Not serverClose: the fields of the subclasses it may be overridden in are not there yet.
      this.socket.close()
      throw error
    }
  }

  #adopt(given: BaseSocket): Socket<Family> {
    const name = this.constructor.name
    if (!(given instanceof Socket)) throw wrongType(name, 'serverAddress', 'a socket with promises', given)
    if (given.type !== this.socketType)
      throw wrongValue(name, 'serverAddress', `a socket of type ${this.socketType}`, given.type)
    if (given.family !== this.addressFamily) this.addressFamily = given.family
    return given as Socket<Family>
  }

  /**
   * fileno - the descriptor of the server's socket
   *
   * @returns its number, -1 once the server is closed
   * @example
   * console.log(server.fileno())
   */
  fileno(): number {
    return this.socket.fileno()
  }

  /** Called by the constructor, to bind the socket and learn its address. */
  serverBind(): void {
    const { socket } = this
    if (this.allowReuseAddress) socket.setsockopt(SOL_SOCKET, SO_REUSEADDR, true)
    // As in Python: the kernel has it for other families only by name.
    if (this.allowReusePort && socket.family !== AF_UNIX) socket.setsockopt(SOL_SOCKET, SO_REUSEPORT, true)
    const { serverAddress: address } = this
    if (socket.family === AF_UNIX) bindPath(socket as never, address as string, this.replaceStalePath)
    else socket.bind(address as AddressOf<Family>)
    this.serverAddress = socket.getsockname()
  }

  override serverActivate(): void {
    this.socket.listen(this.requestQueueSize)
  }

  override async getRequest(): Promise<readonly [Request, ClientAddress<Family>]> {
    return (await this.socket.accept({ signal: this.stopSignal })) as never
  }

  /** Says to the client that nothing more will come, and calls `closeRequest`. */
  override shutdownRequest(request: Request): Awaitable<void> {
    try {
      ;(request as Socket).shutdown(SHUT_WR)
    } catch (error) {
      // The client may be gone already.
      if (!(error instanceof OSError)) throw error
    }
    return this.closeRequest(request)
  }

  override closeRequest(request: Request): Awaitable<void> {
    const connection = request as Socket
    if (connection.fileno() >= 0) this.counters.addBytes(bytesMoved(connection))
    connection.close()
  }

  override async serverClose(): Promise<void> {
    this.socket.close()
    await super.serverClose()
  }

  protected override async serverReady(): Promise<void> {
    this.checkAttributes()
    await super.serverReady()
  }

  /** Whether attributes that the constructor has used are still the same. @internal */
  checkAttributes(): void {
    for (const [name, value] of Object.entries(this.#made)) {
      const now = (this as unknown as Record<string, unknown>)[name]
      if (now !== value) {
        throw wrongValue('serveForever', name, `${value}, as the socket was made; declare it static`, now)
      }
    }
    this.#setLate()
  }

  // A field of a subclass is set after the constructor, which has bound and listened already. It is not too late yet.
  #setLate(): void {
    const { socket } = this
    if (Object.hasOwn(this, 'allowReuseAddress'))
      socket.setsockopt(SOL_SOCKET, SO_REUSEADDR, this.allowReuseAddress)
    if (Object.hasOwn(this, 'requestQueueSize') && listens(socket)) socket.listen(this.requestQueueSize)
  }

  protected override waitingTime(): number | null {
    const own = this.socket.gettimeout()
    return own === null || this.timeout === null ? (own ?? this.timeout) : Math.min(own, this.timeout)
  }

  protected override async requestMayCome(signal: AbortSignal): Promise<void> {
    await select([this.socket], [], [], null, { signal }).catch((error) => {
      if (!signal.aborted) throw error
    })
  }

  protected override async identify(
    request: Request,
    peer: ClientAddress<Family>,
  ): Promise<ClientAddress<Family>> {
    if (this.proxyProtocol === null || !isTrusted(this.proxyProtocol, peer)) return peer
    const limit = seconds('TCPServer', 'proxyTimeout', this.proxyTimeout)
    const controller = new AbortController()
    const late = () => controller.abort(timedOut('recv'))
    const timer = limit === null ? undefined : setTimeout(late, Math.min(limit * 1000, LONGEST_TIMER))
    try {
      const { source } = await receiveHeader(request as Socket<number>, controller.signal)
      return (source ?? peer) as ClientAddress<Family>
    } catch (cause) {
      throw new Unidentified('the client has no PROXY protocol header', { cause })
    } finally {
      clearTimeout(timer)
    }
  }

  protected override get isClosed(): boolean {
    return this.socket.fileno() < 0
  }
}

classAttributes(TCPServer, {
  addressFamily: int,
  socketType: int,
  requestQueueSize: int,
  allowReuseAddress: yesOrNo,
  allowReusePort: yesOrNo,
  replaceStalePath: yesOrNo,
  proxyProtocol: trustedOrNull,
  proxyTimeout: secondsOrNull,
})

function listens(socket: BaseSocket): boolean {
  return socket.getsockopt(SOL_SOCKET, SO_ACCEPTCONN) !== 0
}

/**
 * UDPServer - a server of datagrams, one at a time
 *
 * Methods and attributes are those of TCPServer; a request is `[packet, socket]`. Class attributes beside those:
 * - `socketType` - `SOCK_DGRAM`
 * - `maxPacketSize` - the most bytes of a datagram, what is beyond it is lost: 8192
 *
 * @example
 * await using server = new UDPServer(['127.0.0.1', 0], Upper)
 * await server.serveForever()
 * @see https://docs.python.org/3/library/socketserver.html
 */
export class UDPServer<Family extends number = typeof AF_INET> extends TCPServer<
  Family,
  DatagramRequest<Family>
> {
  static override socketType: number = SOCK_DGRAM
  static maxPacketSize = 8192

  declare maxPacketSize: number

  override async getRequest(): Promise<readonly [DatagramRequest<Family>, ClientAddress<Family>]> {
    const [packet, clientAddress] = await this.socket.recvfrom(this.maxPacketSize, {
      signal: this.stopSignal,
    })
    const request: DatagramRequest<Family> = [packet, this.socket]
    meterOf(request).received = packet.length
    return [request, clientAddress]
  }

  /** Datagrams have no header: it is told once for a connection. */
  protected override async identify(
    _request: DatagramRequest<Family>,
    peer: ClientAddress<Family>,
  ): Promise<ClientAddress<Family>> {
    return peer
  }

  /** There is nothing to listen for. */
  override serverActivate(): void {}

  override shutdownRequest(request: DatagramRequest<Family>): Awaitable<void> {
    return this.closeRequest(request)
  }

  /** There is nothing to close. */
  override closeRequest(request: DatagramRequest<Family>): Awaitable<void> {
    this.counters.addBytes(bytesMoved(request))
  }
}

classAttributes(UDPServer, { maxPacketSize: byteCount })

/**
 * UnixStreamServer - a server of connections to a Unix socket, one at a time
 *
 * Methods and attributes are those of TCPServer; `addressFamily` is `AF_UNIX`. As in Python, the path stays when the server
 * is closed; `replaceStalePath` lets the next one have it.
 *
 * @example
 * await using server = new UnixStreamServer('/run/echo', Echo)
 * @see man 7 unix
 */
export class UnixStreamServer extends TCPServer<typeof AF_UNIX> {
  static override addressFamily: number = AF_UNIX
}

/**
 * UnixDatagramServer - a server of datagrams to a Unix socket, one at a time
 *
 * Methods and attributes are those of UDPServer; `addressFamily` is `AF_UNIX`. A client that wants an answer binds its own
 * socket.
 *
 * @example
 * await using server = new UnixDatagramServer('/run/log', Log)
 * @see man 7 unix
 */
export class UnixDatagramServer extends UDPServer<typeof AF_UNIX> {
  static override addressFamily: number = AF_UNIX
}
