// Started by systemd, or by whoever speaks its protocol: sockets that are open already, and a word when all is ready.
import { check } from '../base-socket.ts'
import { boolean, text } from '../core/arguments.ts'
import { fromfd } from '../create/async.ts'
import { BlockingSocket, type Socket } from '../socket.ts'
import { AF_UNIX, SO_ACCEPTCONN, SOCK_DGRAM, SOCK_STREAM, SOL_SOCKET } from '../sys/constants.ts'
import { native } from '../sys/native.ts'
import { AsyncTCPServer, AsyncUDPServer } from './async-servers.ts'
import { checkSource, type RequestHandlerSource } from './handler-source.ts'
import { TCPServer } from './tcp-server.ts'

/** SD_LISTEN_FDS_START */
const FIRST = 3

/**
 * sdListenFds - the sockets that this process was started with, as descriptors
 *
 * They are close-on-exec from then on. `new Socket(undefined, undefined, undefined, fd)` makes a socket of one, and a
 * server takes that in place of an address.
 *
 * @param unsetEnvironment whether to remove the variables, so that nobody takes the sockets twice: true
 * @returns their descriptors, none if there are none or they are another process's
 * @example
 * const [fd] = sdListenFds()
 * const server = new AsyncTCPServer(new Socket(undefined, undefined, undefined, fd), Echo)
 * @see man 3 sd_listen_fds
 */
export function sdListenFds(unsetEnvironment = true): number[] {
  return sdListenFdsWithNames(unsetEnvironment).map(([fd]) => fd)
}

/**
 * sdListenFdsWithNames - as `sdListenFds`, with the names that the sockets' units give them
 *
 * @param unsetEnvironment whether to remove the variables: true
 * @returns descriptors and names; `'unknown'` where there is none
 * @example
 * const sockets = new Map(sdListenFdsWithNames().map(([fd, name]) => [name, fd]))
 * @see man 3 sd_listen_fds_with_names
 */
export function sdListenFdsWithNames(unsetEnvironment = true): [fd: number, name: string][] {
  const unsets = boolean('sdListenFds', 'unsetEnvironment', unsetEnvironment)
  const { LISTEN_PID: pid, LISTEN_FDS: count = '', LISTEN_FDNAMES: names = '' } = process.env
  if (unsets) for (const name of ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES']) delete process.env[name]
  if (pid !== `${process.pid}` || !/^\d{1,4}$/.test(count)) return []
  const given = names === '' ? [] : names.split(':')
  return Array.from({ length: Number(count) }, (_, index) => {
    check(native.set_inheritable(FIRST + index, 0), 'sdListenFds')
    return [FIRST + index, given[index] ?? 'unknown']
  })
}

/**
 * sdNotify - tell the service manager how this service is doing
 *
 * @param state lines of `NAME=value`: `READY=1`, `STOPPING=1`, `STATUS=…`, `WATCHDOG=1`, …
 * @param unsetEnvironment whether to remove the variable, so that nobody else tells: false
 * @returns whether there was anybody to tell
 * @throws OSError what sendto(2) reports
 * @example
 * sdNotify('READY=1\nSTATUS=Serving')
 * @see man 3 sd_notify
 */
export function sdNotify(state: string, unsetEnvironment = false): boolean {
  const lines = text('sdNotify', 'state', state)
  const unsets = boolean('sdNotify', 'unsetEnvironment', unsetEnvironment)
  const { NOTIFY_SOCKET: path } = process.env
  if (unsets) delete process.env.NOTIFY_SOCKET
  if (path === undefined || path === '') return false
  const socket = new BlockingSocket(AF_UNIX, SOCK_DGRAM)
  try {
    socket.sendto(lines, path.startsWith('@') ? `\0${path.slice(1)}` : path)
  } finally {
    socket.close()
  }
  return true
}

/** The one connection that there is. */
class OneConnection extends TCPServer<number> {
  override async getRequest() {
    return [this.socket, this.socket.getpeername()] as never
  }
}

/**
 * serveInetd - serve what stands on standard input, as a program started by inetd does
 *
 * A connection is served, and that is all. A listening socket (inetd's `wait`) or one of datagrams is served for ever.
 *
 * @param RequestHandlerClass as of the servers
 * @throws OSError ENOTSOCK if it is no socket; as `serveForever`
 * @example
 * await serveInetd(Echo)
 * @see man 8 inetd, man 5 systemd.socket, Accept=
 */
export async function serveInetd(RequestHandlerClass: RequestHandlerSource): Promise<void> {
  const handler = checkSource('serveInetd', RequestHandlerClass)
  const socket = fromfd(0) as Socket<number>
  try {
    await serveSocket(socket, handler)
  } finally {
    socket.close()
  }
}

async function serveSocket(socket: Socket<number>, RequestHandlerClass: RequestHandlerSource): Promise<void> {
  if (socket.type === SOCK_DGRAM) return serve(new AsyncUDPServer<number>(socket, RequestHandlerClass))
  const isConnection = socket.type === SOCK_STREAM && socket.getsockopt(SOL_SOCKET, SO_ACCEPTCONN) === 0
  if (!isConnection) return serve(new AsyncTCPServer<number>(socket, RequestHandlerClass))
  const server = new OneConnection(socket, RequestHandlerClass, false)
  try {
    await server.handleRequest()
  } finally {
    await server.serverClose()
  }
}

async function serve(server: { serveForever(): Promise<void>; serverClose(): Promise<void> }): Promise<void> {
  try {
    await server.serveForever()
  } finally {
    await server.serverClose()
  }
}
