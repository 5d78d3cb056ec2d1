// Ancillary data of AF_RDS. What takes addresses of memory (RDS_CMSG_RDMA_ARGS and the like) is not here: JavaScript has
// none to give.
import { layout } from '../../sys/layout.ts'
import { int32, uint32, uint64, viewOf } from '../ctypes.ts'
import { wrongType, wrongValue } from '../errors.ts'
import { codec, type StructCodec, scalar, struct } from '../structs/struct.ts'

/**
 * rdsRdmaDest - SOL_RDS, RDS_CMSG_RDMA_DEST: the memory of the peer that a message goes with
 *
 * The cookie of registered memory, 64 bits, as a bigint. Sent and received.
 *
 * @example
 * const cookie = rdsRdmaDest.decode(data)
 * @see man 7 rds-rdma
 */
export const rdsRdmaDest: StructCodec<bigint, bigint | number> = scalar('rdsRdmaDest', uint64)

/** How an RDMA transfer ended. */
export interface RdsRdmaStatus {
  /** The number that the transfer was given. */
  readonly userToken: bigint
  /** 0 success, 1 remote error, 2 canceled, 3 dropped, 4 other error. */
  readonly status: number
}

const notify = layout.rds_rdma_notify

/**
 * rdsRdmaStatus - SOL_RDS, RDS_CMSG_RDMA_STATUS: how an RDMA transfer ended
 *
 * `{ userToken, status }`. Received with RDS_RECVERR; never sent.
 *
 * @example
 * const { userToken, status } = rdsRdmaStatus.decode(data)
 * @see man 7 rds-rdma
 */
export const rdsRdmaStatus: StructCodec<RdsRdmaStatus> = struct('rdsRdmaStatus', notify.size, {
  userToken: [notify.user_token, uint64],
  status: [notify.status, int32],
})

/**
 * rdsCongUpdate - SOL_RDS, RDS_CMSG_CONG_UPDATE: which ports are no longer congested
 *
 * A mask of 64 bits, as a bigint: bit `port % 64`. Received with RDS_CONG_MONITOR; never sent.
 *
 * @example
 * const mayGoOn = (rdsCongUpdate.decode(data) >> BigInt(port % 64)) & 1n
 * @see man 7 rds
 */
export const rdsCongUpdate: StructCodec<bigint, bigint | number> = scalar('rdsCongUpdate', uint64)

/**
 * rdsZcopyCookie - SOL_RDS, RDS_CMSG_ZCOPY_COOKIE: the number of a message that is sent with MSG_ZEROCOPY
 *
 * 32 bits. Sent; it comes back in `rdsZcopyCompletion`.
 *
 * @example
 * const ancdata = [[SOL_RDS, RDS_CMSG_ZCOPY_COOKIE, rdsZcopyCookie.encode(7)]] as const
 * await socket.sendmsg([large], ancdata, MSG_ZEROCOPY, address)
 * @see man 7 rds
 */
export const rdsZcopyCookie: StructCodec<number> = scalar('rdsZcopyCookie', uint32)

const { size, num, cookies } = layout.rds_zcopy_cookies
const MOST = (size - cookies) / uint32.size

/**
 * rdsZcopyCompletion - SOL_RDS, RDS_CMSG_ZCOPY_COMPLETION: the numbers of messages whose memory may be used again
 *
 * `numbers[]`, at most 8. Received; never sent.
 *
 * @example
 * for (const cookie of rdsZcopyCompletion.decode(data)) console.log(cookie)
 * @see man 7 rds
 */
export const rdsZcopyCompletion: StructCodec<number[], readonly number[]> = codec({
  name: 'rdsZcopyCompletion',
  must: `${size} bytes`,
  encode(value, call) {
    if (!Array.isArray(value)) throw wrongType(call, 'value', 'an array', value)
    if (value.length > MOST) throw wrongValue(call, 'value', `at most ${MOST} numbers`, value.length)
    const bytes = Buffer.alloc(size)
    const view = viewOf(bytes)
    uint32.write(view, num, value.length, call, 'value')
    for (const [i, cookie] of value.entries()) {
      uint32.write(view, cookies + i * uint32.size, cookie, call, 'value')
    }
    return bytes
  },
  understands: (bytes) => bytes.length >= size && uint32.read(viewOf(bytes), num) <= MOST,
  read(bytes) {
    const view = viewOf(bytes)
    const length = uint32.read(view, num)
    return Array.from({ length }, (_, i) => uint32.read(view, cookies + i * uint32.size))
  },
})
