// Classic BPF programs as bytes: what SO_ATTACH_FILTER and its kin run. bpf.ts makes them.
import { layout } from '../../sys/layout.ts'
import { uint8, uint16, uint32 } from '../ctypes.ts'
import { arrayOf, type StructCodec, struct } from './struct.ts'

/** An instruction of classic BPF. */
export interface SockFilter {
  /** What to do: `BPF_LD | BPF_H | BPF_ABS`, … */
  readonly code: number
  /** How many instructions to skip if the condition of a jump is true, 0 to 255. */
  readonly jt: number
  /** How many to skip if it is false, 0 to 255. */
  readonly jf: number
  /** The operand, 32 bits. */
  readonly k: number
}

const { size, code, jt, jf, k } = layout.sock_filter

const instruction = struct<SockFilter>('sockFilter', size, {
  code: [code, uint16],
  jt: [jt, uint8],
  jf: [jf, uint8],
  k: [k, uint32],
})

/**
 * sockFilter - a classic BPF program
 *
 * `{ code, jt, jf, k }[]` and an array of struct sock_filter. `bpf` makes the instructions.
 *
 * @example
 * const program = sockFilter.encode([bpf.stmt(BPF_RET | BPF_K, 0)]) // lets nothing through
 * @see https://docs.kernel.org/networking/filter.html
 */
export const sockFilter: StructCodec<SockFilter[], readonly SockFilter[]> = arrayOf(
  'sockFilter',
  size,
  instruction,
)
