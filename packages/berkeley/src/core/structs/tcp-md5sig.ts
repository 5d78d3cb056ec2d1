// TCP_MD5SIG and TCP_MD5SIG_EXT: the key that segments to and from a peer are signed with.
import { layout } from '../../sys/layout.ts'
import { bytesOf, lengthOf } from '../bytes.ts'
import { type CType, int32, uint8, uint16 } from '../ctypes.ts'
import { wrongValue } from '../errors.ts'
import { storageHost } from './multicast.ts'
import { type StructCodec, struct } from './struct.ts'

/** A key, and whose it is. */
export interface TcpMd5sig {
  /** The peer, or a network of peers. */
  readonly addr: string
  /** `TCP_MD5SIG_FLAG_PREFIX`, `TCP_MD5SIG_FLAG_IFINDEX`, for TCP_MD5SIG_EXT; 0 by default. */
  readonly flags: number
  /** How many bits of the address count, with `TCP_MD5SIG_FLAG_PREFIX`; 0 by default. */
  readonly prefixlen: number
  /** The interface whose peers these are, with `TCP_MD5SIG_FLAG_IFINDEX`; 0 by default. */
  readonly ifindex: number
  /** At most 80 bytes; none take the key away. */
  readonly key: Uint8Array
}

const { size, tcpm_addr, tcpm_flags, tcpm_prefixlen, tcpm_keylen, tcpm_ifindex, tcpm_key } = layout.tcp_md5sig
const ROOM = size - tcpm_key
const BETWEEN = tcpm_key - tcpm_keylen

/** tcpm_keylen and, further on, tcpm_key. */
const key: CType<Uint8Array> = {
  size: size - tcpm_keylen,
  read(from, at) {
    const length = Math.min(uint16.read(from, at), ROOM)
    return Buffer.from(new Uint8Array(from.buffer, from.byteOffset + at + BETWEEN, length))
  },
  write(to, at, value, call, parameter) {
    const bytes = bytesOf(call, parameter, value)
    const length = lengthOf(bytes)
    if (length > ROOM) throw wrongValue(call, parameter, `at most ${ROOM} bytes`, length)
    uint16.write(to, at, length, call, parameter)
    new Uint8Array(to.buffer, to.byteOffset + at + BETWEEN).set(bytes)
  },
}

/**
 * tcpMd5sig - the value of TCP_MD5SIG and TCP_MD5SIG_EXT: the key that segments to and from a peer are signed with
 *
 * `{ addr, flags?, prefixlen?, ifindex?, key }`, address as text, key as bytes, and struct tcp_md5sig.
 *
 * @example
 * const signing = { addr: '192.0.2.1', key: secret } // at most 80 bytes
 * socket.setsockopt(IPPROTO_TCP, TCP_MD5SIG, tcpMd5sig.encode(signing)) // before connect() or listen()
 * @see RFC 2385, man 7 tcp
 */
export const tcpMd5sig: StructCodec<TcpMd5sig, Pick<TcpMd5sig, 'addr' | 'key'> & Partial<TcpMd5sig>> = struct(
  'tcpMd5sig',
  size,
  {
    addr: [tcpm_addr, storageHost],
    flags: [tcpm_flags, uint8, 0],
    prefixlen: [tcpm_prefixlen, uint8, 0],
    ifindex: [tcpm_ifindex, int32, 0],
    key: [tcpm_keylen, key],
  },
)
