// Instructions of classic BPF in a row, with places to jump to that come later.
// Rule: offsets are those of the network header. Each part ends by jumping to one of two places, for true and for false.
import { type BpfCondition, type BpfItem, bpf, SKF_NET_OFF, type SockFilter } from 'berkeley'

export type Item = SockFilter | BpfItem

export class Assembler {
  readonly items: Item[] = []
  readonly #isFar: boolean
  #labels = 0

  /** Jumps reach 255 instructions; far ones are made of three, and reach anywhere. */
  constructor(isFar: boolean) {
    this.#isFar = isFar
  }

  load(bits: 8 | 16 | 32, offset: number): void {
    this.items.push(bpf.load(bits, SKF_NET_OFF + offset))
  }

  jump(condition: BpfCondition, operand: number, yes: string, no: string): void {
    if (this.#isFar) this.items.push(bpf.jumpIf(condition, operand, 0, 1), bpf.goto(yes), bpf.goto(no))
    else this.items.push(bpf.jumpIf(condition, operand, yes, no))
  }

  /** Instructions that jump to what follows them. */
  forward(emit: (next: string) => void): void {
    const next = this.label()
    emit(next)
    this.place(next)
  }

  /** A name for a place that is not there yet. */
  label(): string {
    return `place ${this.#labels++}`
  }

  /** The place before the next instruction. */
  place(label: string): void {
    this.items.push(bpf.label(label))
  }
}
