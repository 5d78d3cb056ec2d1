// What this machine lacks, for tests that have to be skipped then. In conformance/vm, whose kernel has every family,
// nothing is skipped: what is missing there fails.
import { existsSync } from 'node:fs'
import { Socket } from 'berkeley'

export const everyFamily = process.env.BERKELEY_EVERY_FAMILY === '1'

/** Which sockets a test is about. */
export interface Kind {
  readonly family: number
  readonly type: number
  readonly proto?: number
  /** Files that have to be there: of an interface, a module, a program. */
  readonly files?: readonly string[]
  /** Programs that have to be there. */
  readonly programs?: readonly string[]
}

/** Why sockets of a kind cannot be tested here; `false` if they can. */
export function lacking({ family, type, proto = 0, files = [], programs = [] }: Kind): string | false {
  if (everyFamily) return false
  const folders = (process.env.PATH ?? '').split(':')
  const absent = programs.find((program) => !folders.some((folder) => existsSync(`${folder}/${program}`)))
  if (absent !== undefined) return `this machine has no program ${absent}, conformance/vm has`
  const missing = files.find((file) => !existsSync(file))
  if (missing !== undefined) return `this machine has no ${missing}, conformance/vm has`
  try {
    new Socket<number>(family, type, proto).close()
    return false
  } catch (error) {
    return `this machine has no such sockets, conformance/vm has: ${(error as Error).message}`
  }
}
