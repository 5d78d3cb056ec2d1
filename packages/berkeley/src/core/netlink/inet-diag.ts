// Socket diagnostics of the internet's protocols: struct inet_diag_req_v2 asks, struct inet_diag_msg answers.
import { AF_INET, type AF_INET6 } from '../../sys/constants.ts'
import {
  INET_DIAG_CGROUP_ID,
  INET_DIAG_CONG,
  INET_DIAG_INFO,
  INET_DIAG_MARK,
  INET_DIAG_MEMINFO,
  INET_DIAG_NOCOOKIE,
  INET_DIAG_SHUTDOWN,
  INET_DIAG_SKMEMINFO,
  INET_DIAG_SKV6ONLY,
  INET_DIAG_TCLASS,
  INET_DIAG_TOS,
} from '../../sys/netlink-constants.ts'
import { layout } from '../../sys/netlink-layout.ts'
import { uint8, uint16BE, uint32, uint64, viewOf } from '../ctypes.ts'
import { struct } from '../structs/struct.ts'
import { type TcpInfo, tcpInfo } from '../structs/tcp-info.ts'
import { type Fields, ipText, type Kind, plain, readFields, text, u8, u32, whole, yes } from './fields.ts'
import { structAndAttributes } from './payload.ts'
import { type SocketMemory, socketMemory } from './socket-memory.ts'

/** Memory that a socket of the internet has in use, in bytes. */
export interface InetMemory {
  /** Received data. */
  readonly rmem: number
  /** Data to be sent. */
  readonly wmem: number
  /** Set aside and not used. */
  readonly fmem: number
  /** Data in the transmission queue. */
  readonly tmem: number
}

interface InetSocketFields {
  /** State and statistics of a TCP connection, as `TCP_INFO` gives them. */
  readonly tcpInfo: Partial<TcpInfo> | null
  /** The name of the congestion control: `'cubic'` */
  readonly congestion: string | null
  readonly memory: InetMemory | null
  /** All of its memory, and its limits. */
  readonly socketMemory: SocketMemory | null
  /** What is shut down: bit 0 receiving, bit 1 sending. */
  readonly shutdown: number
  /** Whether a socket of IPv6 leaves IPv4 alone; `null` for one of IPv4. */
  readonly v6only: boolean | null
  /** `SO_MARK`; told only to those with CAP_NET_ADMIN. */
  readonly mark: number | null
  /** Type of service. */
  readonly tos: number | null
  /** Traffic class, of IPv6. */
  readonly tclass: number | null
  /** The control group, as the number of its folder. */
  readonly cgroup: bigint | null
}

/** A socket of the internet, as the kernel sees it. */
export interface InetSocket extends InetSocketFields {
  /** `AF_INET`, `AF_INET6` */
  readonly family: number
  /**
   * `TCP_ESTABLISHED`, `TCP_LISTEN`, … A UDP socket is `TCP_ESTABLISHED` if it is connected, else
   * `TCP_CLOSE`.
   */
  readonly state: number
  /** Its own address and port. */
  readonly local: readonly [host: string, port: number]
  /** The address and port of its peer; port 0 if it has none. */
  readonly remote: readonly [host: string, port: number]
  /** The index of the interface it is bound to; 0 for none. */
  readonly index: number
  /** What the kernel waits for: 0 nothing, 1 retransmission, 2 keep-alive, 3 TIME_WAIT, 4 window probe. */
  readonly timer: number
  /** Milliseconds until then. */
  readonly expires: number
  /** How often it was tried again. */
  readonly retrans: number
  /** Bytes to be read; connections to be accepted, of a listening socket. */
  readonly rqueue: number
  /** Bytes that are not acknowledged; the backlog, of a listening socket. */
  readonly wqueue: number
  /** The user it belongs to. */
  readonly uid: number
  /** Its number in /proc/net/tcp and in /proc/PID/fd (`socket:[…]`); 0 if no descriptor is left. */
  readonly inode: number
  /** Its number, `SO_COOKIE`: never used twice. */
  readonly cookie: bigint
  /** All attributes by their types (`INET_DIAG_…`), as bytes. */
  readonly attributes: ReadonlyMap<number, Buffer>
}

const mem = layout.inet_diag_meminfo

const memory = struct<InetMemory>('inet_diag_meminfo', mem.size, {
  rmem: [mem.idiag_rmem, uint32],
  wmem: [mem.idiag_wmem, uint32],
  fmem: [mem.idiag_fmem, uint32],
  tmem: [mem.idiag_tmem, uint32],
})

const info: Kind<Partial<TcpInfo>> = {
  must: 'a struct tcp_info',
  // Sockets that are on their way out have none, in an attribute of no bytes.
  read: (data) => (tcpInfo.understands(data) ? tcpInfo.decode(data) : data.length === 0 ? {} : undefined),
}

const fields: Fields<InetSocketFields> = {
  tcpInfo: [INET_DIAG_INFO, info, null],
  congestion: [INET_DIAG_CONG, text, null],
  memory: [INET_DIAG_MEMINFO, whole(memory, mem.size), null],
  socketMemory: [INET_DIAG_SKMEMINFO, socketMemory, null],
  shutdown: [INET_DIAG_SHUTDOWN, u8, 0],
  v6only: [INET_DIAG_SKV6ONLY, yes, null],
  mark: [INET_DIAG_MARK, u32, null],
  tos: [INET_DIAG_TOS, u8, null],
  tclass: [INET_DIAG_TCLASS, u8, null],
  cgroup: [INET_DIAG_CGROUP_ID, plain(uint64), null],
}

const msg = layout.inet_diag_msg

/**
 * decodeInetSocket - the socket in an answer of NETLINK_SOCK_DIAG about AF_INET or AF_INET6
 *
 * @param payload the message's payload
 * @throws RangeError if it is cut; TypeError
 * @example
 * const { local, remote, state } = decodeInetSocket(message.payload)
 * @see man 7 sock_diag
 */
export function decodeInetSocket(payload: ArrayBufferView): InetSocket {
  const call = 'decodeInetSocket'
  const [view, attributes] = structAndAttributes(call, payload, msg.size)
  const family = uint8.read(view, msg.idiag_family)
  const size = family === AF_INET ? 4 : 16
  const hostAt = (at: number): string => ipText(new Uint8Array(view.buffer, view.byteOffset + at, size))
  return {
    family,
    state: uint8.read(view, msg.idiag_state),
    local: [hostAt(msg['id.idiag_src']), uint16BE.read(view, msg['id.idiag_sport'])],
    remote: [hostAt(msg['id.idiag_dst']), uint16BE.read(view, msg['id.idiag_dport'])],
    index: uint32.read(view, msg['id.idiag_if']),
    timer: uint8.read(view, msg.idiag_timer),
    expires: uint32.read(view, msg.idiag_expires),
    retrans: uint8.read(view, msg.idiag_retrans),
    rqueue: uint32.read(view, msg.idiag_rqueue),
    wqueue: uint32.read(view, msg.idiag_wqueue),
    uid: uint32.read(view, msg.idiag_uid),
    inode: uint32.read(view, msg.idiag_inode),
    cookie: cookieAt(view, msg['id.idiag_cookie']),
    ...readFields(call, fields, attributes),
    attributes,
  }
}

/** Two halves, the lower one first, whatever the machine's byte order. */
export function cookieAt(view: DataView, at: number): bigint {
  return (BigInt(uint32.read(view, at + 4)) << 32n) | BigInt(uint32.read(view, at))
}

/** What sockets are asked for. */
export interface InetSocketQuery {
  readonly family: typeof AF_INET | typeof AF_INET6
  readonly protocol: number
  /** A bit for each state. */
  readonly states: number
  /** 0 for any. */
  readonly sport: number
  readonly dport: number
}

/** All that struct inet_diag_req_v2 has bits for, but what single congestion controls say of themselves. */
const EXTENSIONS = [
  INET_DIAG_MEMINFO,
  INET_DIAG_INFO,
  INET_DIAG_CONG,
  INET_DIAG_TOS,
  INET_DIAG_TCLASS,
  INET_DIAG_SKMEMINFO,
  INET_DIAG_SHUTDOWN,
].reduce((bits, extension) => bits | (1 << (extension - 1)), 0)

const req = layout.inet_diag_req_v2

/** The payload that asks for sockets. */
export function encodeInetQuery(
  call: string,
  { family, protocol, states, sport, dport }: InetSocketQuery,
): Buffer {
  const bytes = Buffer.alloc(req.size)
  const view = viewOf(bytes)
  uint8.write(view, req.sdiag_family, family, call, 'family')
  uint8.write(view, req.sdiag_protocol, protocol, call, 'protocol')
  uint8.write(view, req.idiag_ext, EXTENSIONS, call, 'extensions')
  uint32.write(view, req.idiag_states, states, call, 'states')
  uint16BE.write(view, req['id.idiag_sport'], sport, call, 'sport')
  uint16BE.write(view, req['id.idiag_dport'], dport, call, 'dport')
  for (const half of [0, 4]) {
    uint32.write(view, req['id.idiag_cookie'] + half, INET_DIAG_NOCOOKIE, call, 'cookie')
  }
  return bytes
}
