// TCP_INFO: everything that the kernel tells of a connection. Kernels keep adding to it, so members may be missing.
import { LITTLE_ENDIAN } from '../../sys/byte-order.ts'
import { layout } from '../../sys/layout.ts'
import { amount64, type CType, uint8, uint16, uint32 } from '../ctypes.ts'
import { growingStruct, type Member, type Members, type StructCodec } from './struct.ts'

/** State and statistics of a TCP connection. Members that an older kernel does not know are missing. */
export interface TcpInfo {
  /** `TCP_ESTABLISHED`, `TCP_CLOSE_WAIT`, … */
  readonly state: number
  /** State of congestion control: `TCP_CA_Open`, `TCP_CA_Recovery`, … */
  readonly caState: number
  /** Timeouts of retransmission in a row. */
  readonly retransmits: number
  /** Unanswered window or keep-alive probes. */
  readonly probes: number
  /** How often the retransmission timeout has been doubled. */
  readonly backoff: number
  /** `TCPI_OPT_TIMESTAMPS | TCPI_OPT_SACK | …`: what was negotiated. */
  readonly options: number
  /** Window scale of the peer: windows are multiples of 2 to the power of this. */
  readonly sndWscale: number
  /** Window scale of this side. */
  readonly rcvWscale: number
  /** Whether `deliveryRate` was limited by the application, not by the network. */
  readonly deliveryRateAppLimited: boolean
  /** Why TCP Fast Open failed: 0 for not, or not known; 1 no cookie, 2 data not acknowledged, 3 SYN retransmitted. */
  readonly fastopenClientFail: number
  /** Retransmission timeout, in microseconds. */
  readonly rto: number
  /** Delay of acknowledgements, in microseconds. */
  readonly ato: number
  /** Largest segment to send, in bytes. */
  readonly sndMss: number
  /** Largest segment received, as estimated, in bytes. */
  readonly rcvMss: number
  /** Segments sent and not acknowledged; connections that wait for accept, of a listening socket. */
  readonly unacked: number
  /** Segments acknowledged out of order; the backlog, of a listening socket. */
  readonly sacked: number
  /** Segments that seem to be lost. */
  readonly lost: number
  /** Retransmitted segments that are under way. */
  readonly retrans: number
  /** No longer used. */
  readonly fackets: number
  /** Milliseconds since data was sent. */
  readonly lastDataSent: number
  /** No longer used. */
  readonly lastAckSent: number
  /** Milliseconds since data was received. */
  readonly lastDataRecv: number
  /** Milliseconds since an acknowledgement was received. */
  readonly lastAckRecv: number
  /** Path MTU, in bytes. */
  readonly pmtu: number
  /** Threshold of the receive window's growth, in bytes. */
  readonly rcvSsthresh: number
  /** Round trip time, smoothed, in microseconds. */
  readonly rtt: number
  /** Variation of the round trip time, in microseconds. */
  readonly rttvar: number
  /** Slow start threshold, in segments. */
  readonly sndSsthresh: number
  /** Congestion window, in segments. */
  readonly sndCwnd: number
  /** Largest segment size that was announced to the peer, in bytes. */
  readonly advmss: number
  /** How far segments are reordered on the way, in segments. */
  readonly reordering: number
  /** Round trip time as the receiver sees it, in microseconds. */
  readonly rcvRtt: number
  /** Room for receiving that autotuning aims at, in bytes. */
  readonly rcvSpace: number
  /** Retransmitted segments since the beginning. */
  readonly totalRetrans: number
  /** Rate of sending, in bytes per second; Infinity for unlimited. */
  readonly pacingRate: number
  /** Limit of `pacingRate` (`SO_MAX_PACING_RATE`), in bytes per second; Infinity for none. */
  readonly maxPacingRate: number
  /** Bytes that the peer acknowledged. */
  readonly bytesAcked: number
  /** Bytes received. */
  readonly bytesReceived: number
  /** Segments sent. */
  readonly segsOut: number
  /** Segments received. */
  readonly segsIn: number
  /** Bytes in the send queue that have not been sent. */
  readonly notsentBytes: number
  /** Least round trip time, in microseconds. */
  readonly minRtt: number
  /** Segments with data received. */
  readonly dataSegsIn: number
  /** Segments with data sent. */
  readonly dataSegsOut: number
  /** Rate at which the peer received, most recently, in bytes per second. */
  readonly deliveryRate: number
  /** Microseconds spent with data under way or to be sent. */
  readonly busyTime: number
  /** Microseconds held up by the peer's window. */
  readonly rwndLimited: number
  /** Microseconds held up by the size of the send buffer. */
  readonly sndbufLimited: number
  /** Segments delivered. (Linux 4.18) */
  readonly delivered?: number
  /** Segments delivered with a congestion mark. (Linux 4.18) */
  readonly deliveredCe?: number
  /** Bytes of data sent, retransmissions included. (Linux 4.19) */
  readonly bytesSent?: number
  /** Bytes of data retransmitted. (Linux 4.19) */
  readonly bytesRetrans?: number
  /** Duplicates that the peer reported. (Linux 4.19) */
  readonly dsackDups?: number
  /** How often reordering was seen. (Linux 4.19) */
  readonly reordSeen?: number
  /** Segments received out of order. (Linux 5.4) */
  readonly rcvOoopack?: number
  /** The peer's window, in bytes. (Linux 5.4) */
  readonly sndWnd?: number
  /** The window announced to the peer, in bytes. (Linux 6.2) */
  readonly rcvWnd?: number
  /** How often another path was tried. (Linux 6.2) */
  readonly rehash?: number
  /** Timeouts of retransmission since the beginning. (Linux 6.7) */
  readonly totalRto?: number
  /** How often timeouts began, in a row or alone. (Linux 6.7) */
  readonly totalRtoRecoveries?: number
  /** Milliseconds spent recovering from timeouts. (Linux 6.7) */
  readonly totalRtoTime?: number
  /** Segments received with a congestion mark. (Accurate ECN, Linux 6.18) */
  readonly receivedCe?: number
  /** Bytes delivered with the mark ECT(1). (Accurate ECN) */
  readonly deliveredE1Bytes?: number
  /** Bytes delivered with the mark ECT(0). (Accurate ECN) */
  readonly deliveredE0Bytes?: number
  /** Bytes delivered with a congestion mark. (Accurate ECN) */
  readonly deliveredCeBytes?: number
  /** Bytes received with the mark ECT(1). (Accurate ECN) */
  readonly receivedE1Bytes?: number
  /** Bytes received with the mark ECT(0). (Accurate ECN) */
  readonly receivedE0Bytes?: number
  /** Bytes received with a congestion mark. (Accurate ECN) */
  readonly receivedCeBytes?: number
  /** How Accurate ECN goes, raw: Linux 6.18 has two numbers of 16 bits in here, Linux 7.0 bit-fields of 2, 2, 4 and 24. */
  readonly accecn?: number
}

const tcp = layout.tcp_info

// `totalRetrans` is tcpi_total_retrans, `deliveredE1Bytes` tcpi_delivered_e1_bytes.
function offsetOf(name: string): number {
  const member = `tcpi_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}` as const
  return tcp[member]!
}

type Names = readonly (keyof TcpInfo)[]

function members<Value>(type: CType<Value>, names: Names): Record<string, Member<Value>> {
  return Object.fromEntries(names.map((name) => [name, [offsetOf(name), type]]))
}

/** `width` bits of a byte that has several members, the first of which is at its low end, or high end, as the machine is. */
function bitField(before: number, width: number): CType<number> {
  const shift = LITTLE_ENDIAN ? before : 8 - before - width
  const mask = 2 ** width - 1
  return {
    size: uint8.size,
    read: (from, at) => (uint8.read(from, at) >> shift) & mask,
    write(to, at, value, call, parameter) {
      const others = uint8.read(to, at)
      uint8.write(to, at, value, call, parameter)
      uint8.write(to, at, others | ((uint8.read(to, at) & mask) << shift), call, parameter)
    },
  }
}

const bit0 = bitField(0, 1)
const flagBit: CType<boolean> = {
  size: bit0.size,
  read: (from, at) => bit0.read(from, at) === 1,
  write: (to, at, value, call, parameter) => bit0.write(to, at, Number(value), call, parameter),
}

const table = () =>
  ({
    ...members(uint8, ['state', 'caState', 'retransmits', 'probes', 'backoff', 'options']),
    sndWscale: [tcp.tcpi_wscales!, bitField(0, 4)],
    rcvWscale: [tcp.tcpi_wscales!, bitField(4, 4)],
    deliveryRateAppLimited: [tcp.tcpi_flags!, flagBit],
    fastopenClientFail: [tcp.tcpi_flags!, bitField(1, 2)],
    ...members(uint32, ['rto', 'ato', 'sndMss', 'rcvMss', 'unacked', 'sacked', 'lost', 'retrans', 'fackets']),
    ...members(uint32, ['lastDataSent', 'lastAckSent', 'lastDataRecv', 'lastAckRecv', 'pmtu', 'rcvSsthresh']),
    ...members(uint32, [
      'rtt',
      'rttvar',
      'sndSsthresh',
      'sndCwnd',
      'advmss',
      'reordering',
      'rcvRtt',
      'rcvSpace',
    ]),
    ...members(uint32, ['totalRetrans']),
    ...members(amount64, ['pacingRate', 'maxPacingRate', 'bytesAcked', 'bytesReceived']),
    ...members(uint32, ['segsOut', 'segsIn', 'notsentBytes', 'minRtt', 'dataSegsIn', 'dataSegsOut']),
    ...members(amount64, ['deliveryRate', 'busyTime', 'rwndLimited', 'sndbufLimited']),
    ...members(uint32, ['delivered', 'deliveredCe']),
    ...members(amount64, ['bytesSent', 'bytesRetrans']),
    ...members(uint32, ['dsackDups', 'reordSeen', 'rcvOoopack', 'sndWnd', 'rcvWnd', 'rehash']),
    ...members(uint16, ['totalRto', 'totalRtoRecoveries']),
    ...members(uint32, [
      'totalRtoTime',
      'receivedCe',
      'deliveredE1Bytes',
      'deliveredE0Bytes',
      'deliveredCeBytes',
    ]),
    ...members(uint32, ['receivedE1Bytes', 'receivedE0Bytes', 'receivedCeBytes', 'accecn']),
  }) as unknown as Members<TcpInfo>

/**
 * tcpInfo - the value of TCP_INFO: state and statistics of a TCP connection
 *
 * A `TcpInfo` with all members that the kernel returned, and struct tcp_info. Times are in the kernel's units, which each
 * member tells: mostly microseconds.
 *
 * @example
 * const { state, rtt, totalRetrans } = tcpInfo.decode(socket.getsockopt(IPPROTO_TCP, TCP_INFO, 512))
 * @see man 7 tcp, TCP_INFO
 */
export const tcpInfo: StructCodec<TcpInfo, Partial<TcpInfo>> = growingStruct<TcpInfo>('tcpInfo', 0, table)
