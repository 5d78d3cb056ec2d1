// The error queue: what went wrong with a packet that was sent, and who says so.
import { AF_UNSPEC } from '../../sys/constants.ts'
import { layout } from '../../sys/layout.ts'
import { readFamily } from '../address/codec.ts'
import type { FullInet6Address, Inet6Address, InetAddress } from '../address/index.ts'
import { uint8, uint32 } from '../ctypes.ts'
import { codec, type StructCodec, struct } from '../structs/struct.ts'
import { decodeSockaddr, encodeSockaddr } from './sockaddr.ts'

/** An entry of the error queue. */
export interface ExtendedError {
  /** The error's number: `ECONNREFUSED`, …; `ENOMSG` for a time stamp, 0 for MSG_ZEROCOPY. */
  readonly errno: number
  /** Who says so: `SO_EE_ORIGIN_LOCAL`, `SO_EE_ORIGIN_ICMP`, `SO_EE_ORIGIN_TIMESTAMPING`, … */
  readonly origin: number
  /** The type of the ICMP message. */
  readonly type: number
  /** The code of the ICMP message; `SO_EE_CODE_…` for other origins. */
  readonly code: number
  /** The MTU for `EMSGSIZE`; `SCM_TSTAMP_…` for a time stamp; the first of the sends that are done for MSG_ZEROCOPY. */
  readonly info: number
  /** The number of the time stamp's packet; the last of the sends that are done for MSG_ZEROCOPY. */
  readonly data: number
  /** Who sent the ICMP message, with port 0; `null` if it was none. */
  readonly offender: InetAddress | FullInet6Address | null
}

type Given = Omit<ExtendedError, 'offender'> & { readonly offender?: InetAddress | Inet6Address | null }

const err = layout.sock_extended_err

const fixed = struct<Omit<ExtendedError, 'offender'>>('extendedError', err.size, {
  errno: [err.ee_errno, uint32],
  origin: [err.ee_origin, uint8],
  type: [err.ee_type, uint8],
  code: [err.ee_code, uint8],
  info: [err.ee_info, uint32],
  data: [err.ee_data, uint32],
})

/** Nothing follows, or an address of no family, which says as much; otherwise it has to be whole. */
function hasNoOffender(tail: Uint8Array): boolean {
  return tail.length === 0 || (tail.length >= 2 && readFamily(tail) === AF_UNSPEC)
}

/**
 * extendedError - SOL_IP, IP_RECVERR and SOL_IPV6, IPV6_RECVERR: an entry of the error queue
 *
 * `{ errno, origin, type, code, info, data, offender }`, struct sock_extended_err and the address after it. Received with
 * MSG_ERRQUEUE: errors with IP_RECVERR or IPV6_RECVERR, time stamps with SO_TIMESTAMPING, the end of MSG_ZEROCOPY sends.
 * Never sent. SOL_PACKET, SOL_VSOCK and SOL_CAN_J1939 have it as well.
 *
 * @example
 * const [, ancdata] = await socket.recvmsg(1024, 512, MSG_ERRQUEUE)
 * for (const { name, value } of decodeAncillary(ancdata)) if (name === 'extendedError') console.log(value.offender)
 * @see man 7 ip, IP_RECVERR
 */
export const extendedError: StructCodec<ExtendedError, Given> = codec<ExtendedError, Given>({
  name: 'extendedError',
  must: `at least ${err.size} bytes, with a whole address after them`,
  encode(value, call) {
    const head = fixed.encode(value as Given)
    const { offender = null } = value as Given
    return offender === null ? head : Buffer.concat([head, encodeSockaddr(offender, call)])
  },
  understands(bytes) {
    if (!fixed.understands(bytes)) return false
    const tail = bytes.subarray(err.size)
    return hasNoOffender(tail) || decodeSockaddr(tail) !== null
  },
  read: (bytes) => ({ ...fixed.decode(bytes), offender: decodeSockaddr(bytes.subarray(err.size)) }),
})
