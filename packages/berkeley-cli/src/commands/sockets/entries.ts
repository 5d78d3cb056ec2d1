// All sockets of this network namespace, of whatever family, in one form.
// Rule: what the kernel was built without is left out and said; it does not hide the others.
import {
  AF_INET,
  AF_INET6,
  ifIndextoname,
  OSError,
  SOCK_DGRAM,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  type TcpInfo,
} from 'berkeley'
import type {
  DiagSocket,
  InetSocket,
  NetlinkSocketEntry,
  PacketSocket,
  SocketMemory,
  UnixSocket,
} from 'berkeley/netlink'
import { nameOf } from '../../constant-names.ts'
import { findOwners, type Owner } from './owners.ts'
import { type RawSocket, readRawTable } from './raw-table.ts'

export const KINDS = ['tcp', 'udp', 'raw', 'unix', 'packet', 'netlink'] as const
export type SocketKind = (typeof KINDS)[number]

export interface Place {
  /** The address, the name, or what else tells where it is. */
  readonly host: string
  readonly port: number | null
}

export interface Entry {
  readonly kind: SocketKind
  /** As ss(8) has it: `tcp`, `u_str`, `p_raw`, `nl`. */
  readonly netid: string
  readonly state: number
  readonly receiveQueue: number
  readonly sendQueue: number
  readonly local: Place
  readonly peer: Place
  /** Whether it is of IPv6 and takes IPv4 too. */
  readonly isDual: boolean
  readonly interface: string | null
  readonly inode: number
  readonly cookie: bigint | null
  readonly uid: number | null
  readonly timer: { readonly kind: number; readonly milliseconds: number; readonly retries: number } | null
  readonly tcpInfo: Partial<TcpInfo> | null
  readonly congestion: string | null
  readonly memory: SocketMemory | null
  readonly owners: readonly Owner[]
}

export interface Snapshot {
  readonly entries: readonly Entry[]
  /** What cannot be had, and why. */
  readonly gaps: readonly string[]
}

type OwnersOf = (inode: number) => readonly Owner[]

/** Asks the kernel once. Without owners nothing of /proc is read. */
export async function takeSnapshot(
  diag: DiagSocket,
  kinds: ReadonlySet<SocketKind>,
  withOwners: boolean,
  signal: AbortSignal,
): Promise<Snapshot> {
  const gaps: string[] = []
  const attempt = async <Value>(kind: SocketKind, ask: () => Promise<Value[]>): Promise<Value[]> => {
    if (!kinds.has(kind)) return []
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof OSError && (error.code === 'ENOENT' || error.code === 'EINVAL'))) throw error
      gaps.push(`this kernel has no diagnostics of ${kind} sockets: ${error.message}`)
      return []
    }
  }
  const rawByTable = async (): Promise<(InetSocket | RawSocket)[]> => {
    try {
      return await diag.raw({ signal })
    } catch (error) {
      if (error instanceof OSError && error.code === 'ENOENT') return readRawTable()
      throw error
    }
  }
  const tcp = await attempt('tcp', () => diag.tcp({ signal }))
  const udp = await attempt('udp', () => diag.udp({ signal }))
  const raw = await attempt('raw', rawByTable)
  const unix = await attempt('unix', () => diag.unix({ signal }))
  const packet = await attempt('packet', () => diag.packet({ signal }))
  const netlink = await attempt('netlink', () => diag.netlink({ signal }))
  const owners = withOwners ? findOwners() : new Map<number, Owner[]>()
  const ownersOf: OwnersOf = (inode) => owners.get(inode) ?? []
  const names = new Map(unix.map(({ inode, name }) => [inode, name]))
  const entries = [
    ...tcp.map((socket) => inetEntry('tcp', socket, ownersOf)),
    ...udp.map((socket) => inetEntry('udp', socket, ownersOf)),
    ...raw.map((socket) => inetEntry('raw', socket, ownersOf)),
    ...unix.map((socket) => unixEntry(socket, names, ownersOf)),
    ...packet.map((socket) => packetEntry(socket, ownersOf)),
    ...netlink.map((socket) => netlinkEntry(socket, ownersOf)),
  ]
  return { entries, gaps }
}

const NOTHING = {
  isDual: false,
  interface: null,
  cookie: null,
  timer: null,
  tcpInfo: null,
  congestion: null,
  memory: null,
} as const

function inetEntry(kind: 'tcp' | 'udp' | 'raw', socket: InetSocket | RawSocket, ownersOf: OwnersOf): Entry {
  const { family, state, local, remote, rqueue, wqueue, uid, inode } = socket
  const entry: Entry = {
    ...NOTHING,
    kind,
    netid: kind,
    state,
    receiveQueue: rqueue,
    sendQueue: wqueue,
    local: { host: local[0], port: local[1] },
    peer: { host: remote[0], port: remote[1] },
    isDual: family === AF_INET6,
    inode,
    uid,
    owners: ownersOf(inode),
  }
  if (!('cookie' in socket)) return entry
  const { v6only, index, timer, expires, retrans, cookie, tcpInfo, congestion, socketMemory } = socket
  return {
    ...entry,
    isDual: family !== AF_INET && v6only === false,
    interface: index === 0 ? null : interfaceName(index),
    cookie,
    timer: timer === 0 ? null : { kind: timer, milliseconds: expires, retries: retrans },
    tcpInfo: kind === 'tcp' && tcpInfo !== null && Object.keys(tcpInfo).length > 0 ? tcpInfo : null,
    congestion,
    memory: socketMemory,
  }
}

const UNIX_TYPES: Readonly<Record<number, string>> = {
  [SOCK_STREAM]: 'u_str',
  [SOCK_DGRAM]: 'u_dgr',
  [SOCK_SEQPACKET]: 'u_seq',
}

function unixEntry(
  socket: UnixSocket,
  names: ReadonlyMap<number, UnixSocket['name']>,
  ownersOf: OwnersOf,
): Entry {
  const { type, state, rqueue, wqueue, name, peer, inode, cookie, uid, socketMemory } = socket
  return {
    ...NOTHING,
    kind: 'unix',
    netid: UNIX_TYPES[type] ?? `u_${type}`,
    state,
    receiveQueue: rqueue,
    sendQueue: wqueue,
    local: { host: unixName(name), port: inode },
    peer: { host: unixName(peer === null ? null : (names.get(peer) ?? null)), port: peer ?? 0 },
    inode,
    cookie,
    uid,
    memory: socketMemory,
    owners: ownersOf(inode),
  }
}

/** A path, or an abstract name with `@` for its NUL. */
function unixName(name: string | Buffer | null): string {
  if (name === null) return '*'
  return typeof name === 'string' ? name : name.toString('utf8').replaceAll('\0', '@')
}

function packetEntry(socket: PacketSocket, ownersOf: OwnersOf): Entry {
  const { type, proto, info, inode, cookie, uid, socketMemory } = socket
  const protocol = proto === 0 ? '*' : nameOf('ETH_P_', proto).replace('ETH_P_', '').toLowerCase()
  const device = info === null || info.index === 0 ? '*' : interfaceName(info.index)
  return {
    ...NOTHING,
    kind: 'packet',
    netid: type === SOCK_DGRAM ? 'p_dgr' : 'p_raw',
    state: 7,
    receiveQueue: socketMemory?.rmemAlloc ?? 0,
    sendQueue: 0,
    local: { host: `${protocol}:${device}`, port: null },
    peer: { host: '*', port: null },
    interface: device === '*' ? null : device,
    inode,
    cookie,
    uid,
    memory: socketMemory,
    owners: ownersOf(inode),
  }
}

function netlinkEntry(socket: NetlinkSocketEntry, ownersOf: OwnersOf): Entry {
  const { protocol, state, port, peerPort, inode, cookie, socketMemory } = socket
  const name = nameOf('NETLINK_', protocol).replace('NETLINK_', '').toLowerCase()
  return {
    ...NOTHING,
    kind: 'netlink',
    netid: 'nl',
    state,
    receiveQueue: socketMemory?.rmemAlloc ?? 0,
    sendQueue: socketMemory?.wmemAlloc ?? 0,
    local: { host: port === 0 ? `${name}:kernel` : name, port: port === 0 ? null : port },
    peer: { host: '*', port: peerPort === 0 ? null : peerPort },
    inode,
    cookie,
    uid: null,
    memory: socketMemory,
    owners: ownersOf(inode),
  }
}

function interfaceName(index: number): string {
  try {
    return ifIndextoname(index)
  } catch {
    return String(index) // It has gone meanwhile.
  }
}
