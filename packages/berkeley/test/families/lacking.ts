// What this machine lacks, for tests that have to be skipped then. In conformance/vm, whose kernel has every family,
// nothing is skipped: what is missing there fails.
import { Socket } from 'berkeley'

const everyFamily = process.env.BERKELEY_EVERY_FAMILY === '1'

/** Why sockets of a kind cannot be tested here; `false` if they can. */
export function lacking(kind: { family: number; type: number; proto?: number }): string | false {
  if (everyFamily) return false
  try {
    new Socket<number>(kind.family, kind.type, kind.proto ?? 0).close()
    return false
  } catch (error) {
    return `this machine has no such sockets, conformance/vm has: ${(error as Error).message}`
  }
}
