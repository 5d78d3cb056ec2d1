// AF_ALG: `[type, name, feat, mask]`, the last two optional. The kernel takes these addresses and never returns one.
import { AF_ALG } from '../../sys/constants.ts'
import { layout } from '../../sys/layout.ts'
import { text } from '../arguments.ts'
import { uint32, viewOf } from '../ctypes.ts'
import { wrongType, wrongValue } from '../errors.ts'
import { type Codec, writeFamily } from './codec.ts'

/** A cipher of the kernel: `'hash'`, `'skcipher'`, `'aead'`, `'rng'`, …, and its name as in /proc/crypto. */
export type AlgAddress = readonly [type: string, name: string, feat?: number, mask?: number]

/** A cipher of the kernel, with all four parts. */
export type FullAlgAddress = readonly [type: string, name: string, feat: number, mask: number]

const { size, salg_type, salg_feat, salg_mask, salg_name } = layout.sockaddr_alg
const SHAPE = '[type, name, feat?, mask?]'
const TYPE_ROOM = salg_feat - salg_type
const NAME_ROOM = size - salg_name

export const alg: Codec<AlgAddress, FullAlgAddress> = {
  family: AF_ALG,
  least: size,

  encode(address, to, syscall) {
    if (!Array.isArray(address) || address.length < 2 || address.length > 4) {
      throw wrongType(syscall, 'address', SHAPE, address)
    }
    const [type, name, feat = 0, mask = 0] = address
    to.fill(0, 0, size)
    writeFamily(to, AF_ALG)
    writeText(to, salg_type, TYPE_ROOM, type, syscall, 'type')
    writeText(to, salg_name, NAME_ROOM, name, syscall, 'name')
    const view = viewOf(to)
    uint32.write(view, salg_feat, feat, syscall, 'feat')
    uint32.write(view, salg_mask, mask, syscall, 'mask')
    return size
  },

  decode(from) {
    const view = viewOf(from)
    return [
      readText(from, salg_type, TYPE_ROOM),
      readText(from, salg_name, NAME_ROOM),
      uint32.read(view, salg_feat),
      uint32.read(view, salg_mask),
    ]
  },
}

/** A text and the NUL after it. */
function writeText(
  to: Uint8Array,
  at: number,
  room: number,
  value: unknown,
  syscall: string,
  parameter: string,
): void {
  const bytes = Buffer.from(text(syscall, parameter, value))
  if (bytes.length >= room) {
    throw wrongValue(
      syscall,
      parameter,
      `at most ${room - 1} bytes`,
      `${bytes.length}: ${parameter} too long`,
    )
  }
  to.set(bytes, at)
}

function readText(from: Uint8Array, at: number, room: number): string {
  const bytes = from.subarray(at, at + room)
  const end = bytes.indexOf(0)
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('utf8')
}
