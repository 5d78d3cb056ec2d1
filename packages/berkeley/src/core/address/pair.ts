// Addresses that are two numbers of 32 bits, in the machine's byte order: what several families have.
// As in Python, a negative number stands for what it is modulo 2**32: `[-1, -1]`.
import { uint32, viewOf } from '../ctypes.ts'
import { wrongType } from '../errors.ts'
import { type Codec, writeFamily } from './codec.ts'

interface Pair {
  readonly family: number
  readonly size: number
  /** The names of the numbers, and where they are. */
  readonly first: readonly [name: string, at: number]
  readonly second: readonly [name: string, at: number]
}

export function pair({ family, size, first, second }: Pair): Codec<readonly [number, number]> {
  const [firstName, firstAt] = first
  const [secondName, secondAt] = second
  return {
    family,
    least: Math.max(firstAt, secondAt) + uint32.size,

    encode(address, to, syscall) {
      if (!Array.isArray(address) || address.length !== 2) {
        throw wrongType(syscall, 'address', `[${firstName}, ${secondName}]`, address)
      }
      to.fill(0, 0, size)
      writeFamily(to, family)
      const view = viewOf(to)
      uint32.write(view, firstAt, address[0], syscall, firstName)
      uint32.write(view, secondAt, address[1], syscall, secondName)
      return size
    },

    decode(from) {
      const view = viewOf(from)
      return [uint32.read(view, firstAt), uint32.read(view, secondAt)]
    },
  }
}
