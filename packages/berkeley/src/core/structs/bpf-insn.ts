// Programs of extended BPF as bytes: struct bpf_insn. The numbers of the two registers share a byte.
import { LITTLE_ENDIAN } from '../../sys/byte-order.ts'
import { integer } from '../arguments.ts'
import { type CType, int16, int32, uint8 } from '../ctypes.ts'
import { arrayOf, type StructCodec, struct } from './struct.ts'

/** An instruction of extended BPF. */
export interface BpfInsn {
  /** What to do: `BPF_ALU64 | BPF_MOV | BPF_K`, … */
  readonly code: number
  /** The register that the result goes to, 0 to 10. */
  readonly dstReg: number
  /** The register that is the operand, 0 to 10. */
  readonly srcReg: number
  /** How far to jump, in instructions, or where in memory. */
  readonly off: number
  /** The operand, 32 bits with a sign. */
  readonly imm: number
}

const SIZE = 8
const LAST_REGISTER = 10

/** One of the two bit-fields of a byte, the one that begins at `bit`. */
const register = (bit: number): CType<number> => ({
  size: 1,
  read: (from, at) => (from.getUint8(at) >> bit) & 0xf,
  write(to, at, value, call, parameter) {
    to.setUint8(at, to.getUint8(at) | (integer(call, parameter, value, 0, LAST_REGISTER) << bit))
  },
})
const [first, second] = LITTLE_ENDIAN ? [0, 4] : [4, 0]

type Given = Pick<BpfInsn, 'code'> & Partial<BpfInsn>

const instruction = struct<BpfInsn, Given>('bpfInsn', SIZE, {
  code: [0, uint8],
  dstReg: [1, register(first), 0],
  srcReg: [1, register(second), 0],
  off: [2, int16, 0],
  imm: [4, int32, 0],
})

/**
 * bpfInsn - a program of extended BPF
 *
 * `{ code, dstReg?, srcReg?, off?, imm? }[]` and an array of struct bpf_insn. What is left out is 0.
 *
 * @example
 * const everything = bpfInsn.encode([
 *   { code: BPF_ALU64 | BPF_MOV | BPF_K, dstReg: 0, imm: -1 }, // r0 = -1: the whole packet
 *   { code: BPF_JMP | BPF_EXIT },
 * ])
 * @see https://docs.kernel.org/bpf/standardization/instruction-set.html
 */
export const bpfInsn: StructCodec<BpfInsn[], readonly Given[]> = arrayOf('bpfInsn', SIZE, instruction)
