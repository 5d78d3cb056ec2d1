// Ancillary data of single protocols: TLS in the kernel, AF_ALG, J1939, TIPC, Bluetooth.
import { layout } from '../../sys/layout.ts'
import { bytesOf, type Data, lengthOf } from '../bytes.ts'
import { uint8, uint16, uint32, uint64, viewOf } from '../ctypes.ts'
import { codec, type StructCodec, scalar, struct } from '../structs/struct.ts'

/**
 * tlsRecordType - SOL_TLS, TLS_SET_RECORD_TYPE and TLS_GET_RECORD_TYPE: the type of a TLS record
 *
 * 20 change of cipher, 21 alert, 22 handshake, 23 data. Sent with the one, received with the other.
 *
 * @example
 * await socket.sendmsg([alert], [[SOL_TLS, TLS_SET_RECORD_TYPE, tlsRecordType.encode(21)]])
 * @see https://docs.kernel.org/networking/tls.html
 */
export const tlsRecordType: StructCodec<number> = scalar('tlsRecordType', uint8)

/**
 * algOp - SOL_ALG, ALG_SET_OP: what to do with the data
 *
 * `ALG_OP_ENCRYPT`, `ALG_OP_DECRYPT`. Sent; never received.
 *
 * @example
 * await operation.sendmsg([text], [[SOL_ALG, ALG_SET_OP, algOp.encode(ALG_OP_ENCRYPT)]])
 * @see https://docs.kernel.org/crypto/userspace-if.html
 */
export const algOp: StructCodec<number> = scalar('algOp', uint32)

/**
 * algAssoclen - SOL_ALG, ALG_SET_AEAD_ASSOCLEN: how much of the data is only authenticated, not encrypted
 *
 * Bytes, from the beginning on. Sent; never received.
 *
 * @example
 * await operation.sendmsg([header, text], [[SOL_ALG, ALG_SET_AEAD_ASSOCLEN, algAssoclen.encode(header.length)]])
 * @see https://docs.kernel.org/crypto/userspace-if.html
 */
export const algAssoclen: StructCodec<number> = scalar('algAssoclen', uint32)

const alg = layout.af_alg_iv

/**
 * algIv - SOL_ALG, ALG_SET_IV: the initialization vector
 *
 * Bytes, and struct af_alg_iv. Sent; never received.
 *
 * @example
 * await operation.sendmsg([text], [[SOL_ALG, ALG_SET_IV, algIv.encode(randomBytes(16))]])
 * @see https://docs.kernel.org/crypto/userspace-if.html
 */
export const algIv: StructCodec<Buffer, Data> = codec<Buffer, Data>({
  name: 'algIv',
  must: 'as long as it says',
  encode(value, call) {
    const iv = bytesOf(call, 'value', value)
    const length = lengthOf(iv)
    const bytes = Buffer.alloc(alg.iv + length)
    uint32.write(viewOf(bytes), alg.ivlen, length, call, 'value')
    bytes.set(iv, alg.iv)
    return bytes
  },
  understands: (bytes) => bytes.length >= alg.iv && bytes.length - alg.iv >= ivLength(bytes),
  read: (bytes) => Buffer.from(bytes.subarray(alg.iv, alg.iv + ivLength(bytes))),
})

function ivLength(bytes: Uint8Array): number {
  return uint32.read(viewOf(bytes), alg.ivlen)
}

/**
 * j1939DestAddr - SOL_CAN_J1939, SCM_J1939_DEST_ADDR: the address that a message was sent to
 *
 * 8 bits. Received; never sent.
 *
 * @example
 * const addr = j1939DestAddr.decode(data)
 * @see https://docs.kernel.org/networking/j1939.html
 */
export const j1939DestAddr: StructCodec<number> = scalar('j1939DestAddr', uint8)

/**
 * j1939DestName - SOL_CAN_J1939, SCM_J1939_DEST_NAME: the NAME that a message was sent to
 *
 * 64 bits, as a bigint. Received; never sent.
 *
 * @example
 * const name = j1939DestName.decode(data)
 * @see https://docs.kernel.org/networking/j1939.html
 */
export const j1939DestName: StructCodec<bigint, bigint | number> = scalar('j1939DestName', uint64)

/**
 * j1939Prio - SOL_CAN_J1939, SCM_J1939_PRIO: the priority of a message
 *
 * 0 (first) to 7. Received; never sent.
 *
 * @example
 * const prio = j1939Prio.decode(data)
 * @see https://docs.kernel.org/networking/j1939.html
 */
export const j1939Prio: StructCodec<number> = scalar('j1939Prio', uint8)

/** Why a TIPC message came back. */
export interface TipcErrinfo {
  /** `TIPC_ERR_NO_NAME`, `TIPC_ERR_OVERLOAD`, … */
  readonly error: number
  /** How long the message is that came back, in bytes. */
  readonly length: number
}

const word = uint32.size

/**
 * tipcErrinfo - SOL_TIPC, TIPC_ERRINFO: why a message came back
 *
 * `{ error, length }`. Received; never sent.
 *
 * @example
 * const { error } = tipcErrinfo.decode(data)
 * @see man 7 tipc
 */
export const tipcErrinfo: StructCodec<TipcErrinfo> = struct('tipcErrinfo', 2 * word, {
  error: [0, uint32],
  length: [word, uint32],
})

/** The service or range of services that a TIPC message was sent to. */
export interface TipcDestname {
  /** The type of the service. */
  readonly type: number
  /** The first instance. */
  readonly lower: number
  /** The last instance. */
  readonly upper: number
}

/**
 * tipcDestname - SOL_TIPC, TIPC_DESTNAME: the service that a message was sent to
 *
 * `{ type, lower, upper }`. Received; never sent.
 *
 * @example
 * const { type, lower } = tipcDestname.decode(data)
 * @see man 7 tipc
 */
export const tipcDestname: StructCodec<TipcDestname> = struct('tipcDestname', 3 * word, {
  type: [0, uint32],
  lower: [word, uint32],
  upper: [2 * word, uint32],
})

/**
 * btPktStatus - SOL_BLUETOOTH, BT_SCM_PKT_STATUS: whether a packet of audio came whole
 *
 * 0 correct, 1 possibly wrong, 2 not received, 3 partly lost. Received with BT_PKT_STATUS; never sent.
 *
 * @example
 * socket.setsockopt(SOL_BLUETOOTH, BT_PKT_STATUS, true)
 * @see https://docs.kernel.org/networking/index.html
 */
export const btPktStatus: StructCodec<number> = scalar('btPktStatus', uint8)

/**
 * btPktSeqnum - SOL_BLUETOOTH, BT_SCM_PKT_SEQNUM: the sequence number of a packet of audio
 *
 * 16 bits. Received with BT_PKT_SEQNUM; never sent.
 *
 * @example
 * socket.setsockopt(SOL_BLUETOOTH, BT_PKT_SEQNUM, true)
 * @see https://docs.kernel.org/networking/index.html
 */
export const btPktSeqnum: StructCodec<number> = scalar('btPktSeqnum', uint16)
