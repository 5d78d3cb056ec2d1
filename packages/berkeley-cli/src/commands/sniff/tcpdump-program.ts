// A program of BPF as `tcpdump -ddd` prints it: a line with their number, then one for each instruction.
import type { SockFilter } from 'berkeley'
import { FilterError } from './expression.ts'

/** Reads it. Throws FilterError, which names the line. */
export function parseProgram(text: string): SockFilter[] {
  const [first = '', ...lines] = text.trim().split(/\s*[\n,]\s*/)
  const count = /^\d{1,4}$/.test(first) ? Number(first) : Number.NaN
  if (count !== lines.length || count === 0) {
    throw new FilterError('this is not what tcpdump -ddd prints: a number of instructions, and as many lines')
  }
  return lines.map((line, place) => {
    const numbers = line.split(/\s+/).map((word) => (/^\d{1,10}$/.test(word) ? Number(word) : Number.NaN))
    const [code = Number.NaN, jt = Number.NaN, jf = Number.NaN, k = Number.NaN] = numbers
    const isRight = numbers.length === 4 && code <= 0xffff && jt <= 0xff && jf <= 0xff && k <= 0xffff_ffff
    if (!isRight)
      throw new FilterError(`line ${place + 2} is not an instruction: code, jt, jf and k as numbers`)
    return { code, jt, jf, k }
  })
}
