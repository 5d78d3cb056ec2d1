// Programs of extended BPF: loading them, and giving them to sockets. Unlike classic ones they are descriptors.
import { int } from '../core/arguments.ts'
import { lengthOf, type WritableBytes, writableBytesOf } from '../core/bytes.ts'
import { type Descriptor, descriptorOrClosed } from '../core/descriptor.ts'
import { osError, wrongType, wrongValue } from '../core/errors.ts'
import { type BpfInsn, bpfInsn } from '../core/structs/bpf-insn.ts'
import { SO_ATTACH_BPF, SO_ATTACH_REUSEPORT_EBPF, SO_DETACH_BPF, SOL_SOCKET } from '../sys/constants.ts'
import { native } from '../sys/native.ts'
import { check, setInt } from './calls.ts'

/** A program of extended BPF: its instructions, or their bytes (struct bpf_insn), as compilers make them. */
export type ExtendedProgram = readonly (Pick<BpfInsn, 'code'> & Partial<BpfInsn>)[] | WritableBytes

const INSTRUCTION = 8
/** BPF_COMPLEXITY_LIMIT_INSNS: nothing longer is ever accepted. */
const MOST_INSTRUCTIONS = 1_000_000
const LOG = 65_536
const NO_LOG = new Uint8Array(0)

/**
 * bpfProgLoad - have the kernel verify a program of extended BPF, and keep it
 *
 * The program lives as long as the descriptor, and as what it was attached to. Needs CAP_BPF, or CAP_NET_ADMIN and
 * CAP_SYS_ADMIN before Linux 5.8.
 *
 * @param type `BPF_PROG_TYPE_SOCKET_FILTER`, `BPF_PROG_TYPE_SK_REUSEPORT`, …
 * @param program the instructions, or their bytes
 * @param options `license`, which some functions of the kernel ask for: 'GPL' unless given
 * @returns a descriptor, close-on-exec, which the caller has to `close`
 * @throws PermissionError EACCES or OSError EINVAL if the verifier refuses the program, with its last words; PermissionError
 *   EPERM without the privilege; OSError ENOSYS; TypeError, RangeError
 * @example
 * const program = bpfProgLoad(BPF_PROG_TYPE_SOCKET_FILTER, [
 *   { code: BPF_ALU64 | BPF_MOV | BPF_K, dstReg: 0, imm: 20 }, // r0 = 20: the first 20 bytes of every packet
 *   { code: BPF_JMP | BPF_EXIT },
 * ])
 * attachBpf(socket, program)
 * close(program)
 * @see man 2 bpf, BPF_PROG_LOAD
 */
export function bpfProgLoad(
  type: number,
  program: ExtendedProgram,
  options: { readonly license?: string } = {},
): number {
  int('bpfProgLoad', 'type', type)
  const bytes = bytesOf(program)
  if (typeof options !== 'object' || options === null)
    throw wrongType('bpfProgLoad', 'options', 'an object', options)
  const { license = 'GPL' } = options
  if (typeof license !== 'string') throw wrongType('bpfProgLoad', 'license', 'a string', license)
  const name = Buffer.from(`${license}\0`)
  const result = native.bpf_prog_load(type, bytes, name, NO_LOG)
  return result >= 0 ? result : loadWithLog(type, bytes, name)
}

// The verifier tells why only if it is given room to, and then takes longer.
function loadWithLog(type: number, bytes: Uint8Array, license: Uint8Array): number {
  const log = Buffer.alloc(LOG)
  const result = native.bpf_prog_load(type, bytes, license, log)
  if (result >= 0) return result
  const end = log.indexOf(0)
  const lines = log.toString('utf8', 0, end < 0 ? LOG : end).split('\n')
  const words = lines.filter((line) => line !== '' && !/^(processed|verification time|-- )/.test(line))
  throw osError(result, 'bpf', words.at(-1))
}

function bytesOf(program: unknown): Uint8Array {
  const bytes = Array.isArray(program)
    ? bpfInsn.encode(program)
    : writableBytesOf('bpfProgLoad', 'program', program, 'instructions, or their bytes')
  const count = lengthOf(bytes) / INSTRUCTION
  if (Number.isInteger(count) && count >= 1 && count <= MOST_INSTRUCTIONS) return bytes
  throw wrongValue('bpfProgLoad', 'program', `1 to ${MOST_INSTRUCTIONS} instructions`, count)
}

/**
 * attachBpf - let a program of extended BPF decide which packets a socket receives
 *
 * As `attachFilter`, whose program it takes the place of.
 *
 * @param socket a socket of either form, anything else that has a descriptor, or a descriptor
 * @param program the descriptor of a program of the type BPF_PROG_TYPE_SOCKET_FILTER
 * @throws OSError EINVAL if it is of another type, EBADF; PermissionError if the filter is locked; TypeError, RangeError
 * @example
 * attachBpf(socket, program)
 * @see man 7 socket, SO_ATTACH_BPF
 */
export function attachBpf(socket: Descriptor, program: Descriptor): void {
  setProgram('attachBpf', socket, SO_ATTACH_BPF, program)
}

/**
 * detachBpf - take the program of `attachBpf` away
 *
 * @param socket as for `attachBpf`
 * @throws OSError ENOENT if there is none; PermissionError if it is locked; TypeError, RangeError
 * @example
 * detachBpf(socket)
 * @see man 7 socket, SO_DETACH_FILTER, which is the same
 */
export function detachBpf(socket: Descriptor): void {
  setInt(descriptorOrClosed('detachBpf', 'socket', socket), SOL_SOCKET, SO_DETACH_BPF, 0)
}

/**
 * attachReuseportEbpf - let a program of extended BPF choose among the sockets that share an address
 *
 * As `attachReuseportCbpf`: it returns the number of the socket, in the order in which they were bound. `detachReuseportBpf`
 * takes it away.
 *
 * @param socket one of those sockets, already bound; a socket of either form, anything else that has a descriptor, or a
 *   descriptor
 * @param program the descriptor of a program of the type BPF_PROG_TYPE_SOCKET_FILTER or BPF_PROG_TYPE_SK_REUSEPORT
 * @throws OSError EINVAL, EBADF; TypeError, RangeError
 * @example
 * attachReuseportEbpf(server, program)
 * @see man 7 socket, SO_ATTACH_REUSEPORT_EBPF
 */
export function attachReuseportEbpf(socket: Descriptor, program: Descriptor): void {
  setProgram('attachReuseportEbpf', socket, SO_ATTACH_REUSEPORT_EBPF, program)
}

function setProgram(call: string, socket: Descriptor, option: number, program: Descriptor): void {
  const fd = descriptorOrClosed(call, 'socket', socket)
  check(
    native.setsockopt_int(fd, SOL_SOCKET, option, descriptorOrClosed(call, 'program', program)),
    'setsockopt',
  )
}
