// Options of AF_BLUETOOTH.
import { layout } from '../../sys/layout.ts'
import { uint8 } from '../ctypes.ts'
import { type StructCodec, struct } from './struct.ts'

/** How well a connection is protected. */
export interface BtSecurity {
  /** `BT_SECURITY_LOW`, `BT_SECURITY_MEDIUM`, … */
  readonly level: number
  /** The size of the key in bytes; 0 by default, when given. */
  readonly keySize: number
}

const { size, level, key_size } = layout.bt_security

/**
 * btSecurity - the value of BT_SECURITY: how well a Bluetooth connection is protected
 *
 * `{ level, keySize? }` and struct bt_security.
 *
 * @example
 * socket.setsockopt(SOL_BLUETOOTH, BT_SECURITY, btSecurity.encode({ level: BT_SECURITY_MEDIUM }))
 * @see https://docs.kernel.org/networking/index.html
 */
export const btSecurity: StructCodec<BtSecurity, Omit<BtSecurity, 'keySize'> & Partial<BtSecurity>> = struct(
  'btSecurity',
  size,
  {
    level: [level, uint8],
    keySize: [key_size, uint8, 0],
  },
)
