// Where the tests of TCP's edges run: both forms, IPv4 and IPv6; and how they look at what the kernel thinks.
import { after, before, describe } from 'node:test'
import { IPPROTO_TCP, linger, SO_LINGER, SOL_SOCKET, TCP_INFO, tcpInfo } from 'berkeley'
import { startThreads, stopThreads } from '../blocking-threads.ts'
import { type AnySocket, type World, warmUp, worlds } from '../worlds.ts'

/** Runs `suite` in each world for which `wanted` holds. */
export function inWorlds(wanted: (world: World) => boolean, suite: (world: World) => void): void {
  before(async () => {
    await warmUp()
    await startThreads(2)
  })
  after(stopThreads)
  for (const world of worlds.filter(wanted)) describe(world.name, () => suite(world))
}

export const isTcp = ({ can }: World): boolean => can.internet && can.stream
export const isUdp = ({ can }: World): boolean => can.internet && can.datagram

/** The states of tcp(7), as netinet/tcp.h counts them. */
export const State = { FIN_WAIT1: 4, CLOSE: 7, CLOSING: 11 } as const

export function stateOf(socket: AnySocket): number {
  return tcpInfo.decode(socket.getsockopt(IPPROTO_TCP, TCP_INFO, 256)).state
}

/** socket(7): with SO_LINGER on and no time, close(2) throws away what was not sent, and resets the connection. */
export function breakOff(socket: AnySocket): void {
  socket.setsockopt(SOL_SOCKET, SO_LINGER, linger.encode({ onoff: true, linger: 0 }))
  socket.close()
}
