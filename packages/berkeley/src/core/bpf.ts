// Instructions of classic BPF, for filters of sockets: what a program does is written down as calls, not as text.
//
// A program has an accumulator A, an index register X, BPF_MEMWORDS words of memory, and the packet, whose numbers are in
// network byte order. It goes forward only, and ends by returning how many bytes of the packet to let through.
import {
  BPF_A,
  BPF_ABS,
  BPF_ADD,
  BPF_ALU,
  BPF_AND,
  BPF_B,
  BPF_DIV,
  BPF_H,
  BPF_IMM,
  BPF_IND,
  BPF_JA,
  BPF_JEQ,
  BPF_JGE,
  BPF_JGT,
  BPF_JMP,
  BPF_JSET,
  BPF_K,
  BPF_LD,
  BPF_LDX,
  BPF_LEN,
  BPF_LSH,
  BPF_MAXINSNS,
  BPF_MEM,
  BPF_MEMWORDS,
  BPF_MISC,
  BPF_MOD,
  BPF_MSH,
  BPF_MUL,
  BPF_NEG,
  BPF_OR,
  BPF_RET,
  BPF_RSH,
  BPF_ST,
  BPF_STX,
  BPF_SUB,
  BPF_TAX,
  BPF_TXA,
  BPF_W,
  BPF_X,
  BPF_XOR,
  SKF_AD_OFF,
} from '../sys/constants.ts'
import { integer } from './arguments.ts'
import { wrongType, wrongValue } from './errors.ts'
import type { SockFilter } from './structs/filter.ts'

/** Where a jump goes: how many instructions it skips, or the name of a label further on. */
export type BpfTarget = number | string

/** An instruction whose targets may be names, or a place that has a name. */
export interface BpfItem {
  readonly code: number
  readonly k: number | string
  readonly jt: BpfTarget
  readonly jf: BpfTarget
  /** The name of the place before the next instruction, if it is that. */
  readonly label?: string
}

const LARGEST_32 = 0xffffffff
const LARGEST_SKIP = 255

const sizes = { 8: BPF_B, 16: BPF_H, 32: BPF_W } as const
/** How many bits of the packet are loaded. */
export type BpfBits = keyof typeof sizes

const operations = {
  '+': BPF_ADD,
  '-': BPF_SUB,
  '*': BPF_MUL,
  '/': BPF_DIV,
  '%': BPF_MOD,
  '&': BPF_AND,
  '|': BPF_OR,
  '^': BPF_XOR,
  '<<': BPF_LSH,
  '>>': BPF_RSH,
} as const
/** What is done with A and the operand; the result is in A. */
export type BpfOperation = keyof typeof operations

// What is not there as a jump is the opposite of one that is.
const conditions = {
  '==': [BPF_JEQ, false],
  '>': [BPF_JGT, false],
  '>=': [BPF_JGE, false],
  '&': [BPF_JSET, false],
  '!=': [BPF_JEQ, true],
  '<=': [BPF_JGT, true],
  '<': [BPF_JGE, true],
} as const
/** How A is compared with the operand, both without sign; `'&'` is whether they have a bit in common. */
export type BpfCondition = keyof typeof conditions

/** X, as an operand. */
const X = 'X'
type Operand = number | typeof X

function uint32Of(call: string, parameter: string, value: unknown): number {
  return integer(call, parameter, value, -(2 ** 31), LARGEST_32) >>> 0
}

function oneOf<Table extends object>(
  call: string,
  parameter: string,
  table: Table,
  key: unknown,
): Table[keyof Table] {
  const names = Object.keys(table)
  if (!names.includes(String(key))) throw wrongValue(call, parameter, `one of ${names.join(' ')}`, key)
  return table[key as keyof Table]
}

function stmt(code: number, k = 0): SockFilter {
  return { code: integer('bpf.stmt', 'code', code, 0, 0xffff), jt: 0, jf: 0, k: uint32Of('bpf.stmt', 'k', k) }
}

function jump(code: number, k: number, jt: number, jf: number): SockFilter {
  return {
    code: integer('bpf.jump', 'code', code, 0, 0xffff),
    jt: integer('bpf.jump', 'jt', jt, 0, LARGEST_SKIP),
    jf: integer('bpf.jump', 'jf', jf, 0, LARGEST_SKIP),
    k: uint32Of('bpf.jump', 'k', k),
  }
}

/** The source bit and k of an operand. */
function source(call: string, operand: Operand): [source: number, k: number] {
  return operand === X ? [BPF_X, 0] : [BPF_K, uint32Of(call, 'operand', operand)]
}

function memory(call: string, word: unknown): number {
  return integer(call, 'word', word, 0, BPF_MEMWORDS - 1)
}

/** How many instructions are skipped from `from` to where a label stands. */
function distance(
  from: number,
  target: BpfTarget,
  places: ReadonlyMap<string, number>,
  most: number,
): number {
  const call = 'bpf.program'
  if (typeof target === 'number') return integer(call, 'jump', target, 0, most)
  const place = places.get(target)
  if (place === undefined) throw wrongValue(call, 'jump', 'to a label of the program', target)
  const skipped = place - from - 1
  if (skipped < 0) throw wrongValue(call, 'jump', 'to a label further on', target)
  if (skipped > most) throw wrongValue(call, 'jump', `at most ${most} instructions long`, skipped)
  return skipped
}

function program(...items: readonly (SockFilter | BpfItem)[]): SockFilter[] {
  const call = 'bpf.program'
  const places = new Map<string, number>()
  const instructions: (SockFilter | BpfItem)[] = []
  for (const item of items) {
    if (typeof item !== 'object' || item === null)
      throw wrongType(call, 'item', 'an instruction or a label', item)
    const { label } = item as BpfItem
    if (label === undefined) instructions.push(item)
    else if (places.has(label)) throw wrongValue(call, 'label', 'there only once', label)
    else places.set(label, instructions.length)
  }
  if (instructions.length === 0 || instructions.length > BPF_MAXINSNS) {
    throw wrongValue(call, 'items', `1 to ${BPF_MAXINSNS} instructions`, instructions.length)
  }
  return instructions.map(({ code, jt, jf, k }, at) => ({
    code,
    jt: distance(at, jt, places, LARGEST_SKIP),
    jf: distance(at, jf, places, LARGEST_SKIP),
    k: typeof k === 'string' ? distance(at, k, places, LARGEST_32) : k,
  }))
}

/**
 * bpf - instructions of classic BPF, and programs of them
 *
 * `bpf.program` takes instructions and labels, and gives `{ code, jt, jf, k }[]` with the labels replaced by distances;
 * `sockFilter` makes bytes of that. Offsets are those of the packet as the socket sees it: a datagram from its UDP header
 * on, a frame of AF_PACKET (SOCK_RAW) from its Ethernet header on.
 *
 * @example
 * const onlyDns = bpf.program(
 *   bpf.load(16, 2), // the destination port of a UDP header
 *   bpf.jumpIf('==', 53, 'take', 'leave'),
 *   bpf.label('take'),
 *   bpf.accept(),
 *   bpf.label('leave'),
 *   bpf.drop(),
 * )
 * @see https://docs.kernel.org/networking/filter.html
 */
export const bpf = {
  /** An instruction as C's BPF_STMT makes it. */
  stmt,
  /** A jump as C's BPF_JUMP makes it; `jt` and `jf` say how many instructions it skips. */
  jump,

  /** A = 8, 16 or 32 bits of the packet, from the byte `offset` on. */
  load(bits: BpfBits, offset: number): SockFilter {
    return stmt(BPF_LD | oneOf('bpf.load', 'bits', sizes, bits) | BPF_ABS, offset)
  },
  /** A = 8, 16 or 32 bits of the packet, from the byte X + `offset` on. */
  loadIndexed(bits: BpfBits, offset: number): SockFilter {
    return stmt(BPF_LD | oneOf('bpf.loadIndexed', 'bits', sizes, bits) | BPF_IND, offset)
  },
  /** A = what the kernel knows of the packet: `SKF_AD_PROTOCOL`, `SKF_AD_IFINDEX`, … */
  loadAncillary: (what: number): SockFilter => stmt(BPF_LD | BPF_W | BPF_ABS, SKF_AD_OFF + what),
  /** A = a number. */
  loadImmediate: (value: number): SockFilter => stmt(BPF_LD | BPF_IMM, value),
  /** A = how long the packet is. */
  loadLength: (): SockFilter => stmt(BPF_LD | BPF_W | BPF_LEN),
  /** A = a word of memory, 0 to 15. */
  loadMemory: (word: number): SockFilter => stmt(BPF_LD | BPF_MEM, memory('bpf.loadMemory', word)),

  /** X = a number. */
  loadXImmediate: (value: number): SockFilter => stmt(BPF_LDX | BPF_W | BPF_IMM, value),
  /** X = how long the packet is. */
  loadXLength: (): SockFilter => stmt(BPF_LDX | BPF_W | BPF_LEN),
  /** X = a word of memory, 0 to 15. */
  loadXMemory: (word: number): SockFilter => stmt(BPF_LDX | BPF_W | BPF_MEM, memory('bpf.loadXMemory', word)),
  /** X = how long the IPv4 header is that begins at the byte `offset`. */
  loadXHeaderLength: (offset: number): SockFilter => stmt(BPF_LDX | BPF_B | BPF_MSH, offset),

  /** A word of memory, 0 to 15, = A. */
  store: (word: number): SockFilter => stmt(BPF_ST, memory('bpf.store', word)),
  /** A word of memory, 0 to 15, = X. */
  storeX: (word: number): SockFilter => stmt(BPF_STX, memory('bpf.storeX', word)),

  /** A = A with a number or `'X'`: `bpf.alu('&', 0xff)`. */
  alu(operation: BpfOperation, operand: number | 'X'): SockFilter {
    const [from, k] = source('bpf.alu', operand)
    return stmt(BPF_ALU | oneOf('bpf.alu', 'operation', operations, operation) | from, k)
  },
  /** A = -A. */
  negate: (): SockFilter => stmt(BPF_ALU | BPF_NEG),
  /** X = A. */
  tax: (): SockFilter => stmt(BPF_MISC | BPF_TAX),
  /** A = X. */
  txa: (): SockFilter => stmt(BPF_MISC | BPF_TXA),

  /**
   * Goes on at `yes` if A compares so with a number or `'X'`, else at `no`: names of labels, or how many instructions to
   * skip, 0 (the default) to 255.
   */
  jumpIf(condition: BpfCondition, operand: number | 'X', yes: BpfTarget = 0, no: BpfTarget = 0): BpfItem {
    const [code, opposite] = oneOf('bpf.jumpIf', 'condition', conditions, condition)
    const [from, k] = source('bpf.jumpIf', operand)
    const [jt, jf] = opposite ? [no, yes] : [yes, no]
    return { code: BPF_JMP | code | from, k, jt, jf }
  },
  /** Goes on at a label, or skips so many instructions. */
  goto: (target: BpfTarget): BpfItem => ({ code: BPF_JMP | BPF_JA, k: target, jt: 0, jf: 0 }),
  /** The name of the place before the next instruction. */
  label: (name: string): BpfItem => ({ code: 0, k: 0, jt: 0, jf: 0, label: name }),

  /** Lets the first `bytes` of the packet through, all by default. */
  accept: (bytes: number = LARGEST_32): SockFilter => stmt(BPF_RET | BPF_K, bytes),
  /** Lets the first A bytes of the packet through. */
  acceptA: (): SockFilter => stmt(BPF_RET | BPF_A),
  /** Lets nothing of the packet through. */
  drop: (): SockFilter => stmt(BPF_RET | BPF_K, 0),

  /** The instructions, with labels replaced by distances. Throws a RangeError for a jump that is not possible. */
  program,
} as const
