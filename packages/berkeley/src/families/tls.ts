// The keys of TLS in the kernel. Each cipher has a struct of its own: how long its parts are is what differs.
import { bytesOf, type Data, lengthOf } from '../core/bytes.ts'
import { uint16, viewOf } from '../core/ctypes.ts'
import { wrongType, wrongValue } from '../core/errors.ts'
import { codec, type StructCodec } from '../core/structs/struct.ts'
import {
  TLS_CIPHER_AES_CCM_128,
  TLS_CIPHER_AES_GCM_128,
  TLS_CIPHER_AES_GCM_256,
  TLS_CIPHER_CHACHA20_POLY1305,
} from '../sys/constants.ts'
import { layout } from '../sys/families-layout.ts'

/** What one direction of a TLS connection is encrypted with. */
export interface TlsCryptoInfo {
  /** `TLS_1_2_VERSION` or `TLS_1_3_VERSION`. */
  readonly version: number
  /** `TLS_CIPHER_AES_GCM_128`, … */
  readonly cipherType: number
  /** The part of the nonce that differs from record to record, at the first one. */
  readonly iv: Buffer
  readonly key: Buffer
  /** The part of the nonce that stays. */
  readonly salt: Buffer
  /** The sequence number of the next record, 8 bytes, the highest first. */
  readonly recSeq: Buffer
}

/** As `TlsCryptoInfo`, from any bytes. */
export type TlsCryptoInfoGiven = {
  readonly [Part in keyof TlsCryptoInfo]: TlsCryptoInfo[Part] extends Buffer ? Data : TlsCryptoInfo[Part]
}

type Parts = (typeof layout)['tls12_crypto_info_aes_gcm_128']

const ciphers: ReadonlyMap<number, Parts> = new Map([
  [TLS_CIPHER_AES_GCM_128, layout.tls12_crypto_info_aes_gcm_128],
  [TLS_CIPHER_AES_GCM_256, layout.tls12_crypto_info_aes_gcm_256],
  [TLS_CIPHER_AES_CCM_128, layout.tls12_crypto_info_aes_ccm_128],
  [TLS_CIPHER_CHACHA20_POLY1305, layout.tls12_crypto_info_chacha20_poly1305],
])

/** From where to where in the struct each part lies; they follow each other in this order. */
function placesIn({ iv, key, salt, rec_seq, size }: Parts) {
  return { iv: [iv, key], key: [key, salt], salt: [salt, rec_seq], recSeq: [rec_seq, size] } as const
}

const CIPHER_TYPE = uint16.size

function partsOf(bytes: Uint8Array): Parts | undefined {
  return bytes.length < 2 * uint16.size ? undefined : ciphers.get(uint16.read(viewOf(bytes), CIPHER_TYPE))
}

/**
 * tlsCryptoInfo - the value of TLS_TX and TLS_RX: the keys of one direction of a TLS connection
 *
 * `{ version, cipherType, iv, key, salt, recSeq }`, the last four bytes, and struct tls12_crypto_info_aes_gcm_128 and its
 * kin. With TLS_CIPHER_CHACHA20_POLY1305 the salt is empty. Who knows these is whoever made the handshake. `getsockopt` gives
 * them only to who asks for exactly as many bytes.
 *
 * @example
 * socket.setsockopt(IPPROTO_TCP, TCP_ULP, 'tls')
 * const keys = tlsCryptoInfo.encode({ version: TLS_1_2_VERSION, cipherType: TLS_CIPHER_AES_GCM_128, iv, key, salt, recSeq })
 * socket.setsockopt(SOL_TLS, TLS_TX, keys)
 * await socket.sendall('encrypted by the kernel')
 * @see https://docs.kernel.org/networking/tls.html
 */
export const tlsCryptoInfo: StructCodec<TlsCryptoInfo, TlsCryptoInfoGiven> = codec<
  TlsCryptoInfo,
  TlsCryptoInfoGiven
>({
  name: 'tlsCryptoInfo',
  must: 'the struct of a cipher that is known here',
  encode(value, call) {
    if (typeof value !== 'object' || value === null)
      throw wrongType(call, 'value', '{ version, cipherType, iv, key, salt, recSeq }', value)
    const given = value as Partial<Record<keyof TlsCryptoInfo, unknown>>
    const head = Buffer.alloc(2 * uint16.size)
    uint16.write(viewOf(head), 0, given.version, call, 'version')
    uint16.write(viewOf(head), CIPHER_TYPE, given.cipherType, call, 'cipherType')
    const parts = partsOf(head)
    if (parts === undefined)
      throw wrongValue(call, 'cipherType', [...ciphers.keys()].join(', '), given.cipherType)
    const bytes = Buffer.alloc(parts.size)
    bytes.set(head)
    for (const [name, [start, end]] of Object.entries(placesIn(parts))) {
      const part = bytesOf(call, name, given[name as keyof TlsCryptoInfo])
      const length = lengthOf(part)
      if (length !== end - start) throw wrongValue(call, name, `${end - start} bytes`, length)
      bytes.set(part, start)
    }
    return bytes
  },
  understands: (bytes) => bytes.length >= (partsOf(bytes)?.size ?? Number.POSITIVE_INFINITY),
  read(bytes) {
    const view = viewOf(bytes)
    const { iv, key, salt, recSeq } = placesIn(partsOf(bytes)!)
    const part = ([start, end]: readonly [number, number]) => Buffer.from(bytes.subarray(start, end))
    return {
      version: uint16.read(view, 0),
      cipherType: uint16.read(view, CIPHER_TYPE),
      iv: part(iv),
      key: part(key),
      salt: part(salt),
      recSeq: part(recSeq),
    }
  },
})
