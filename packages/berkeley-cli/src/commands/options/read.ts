// Asks the kernel for the options of a descriptor.

import * as berkeley from 'berkeley'
import { OSError, SO_DOMAIN, SO_PROTOCOL, SO_TYPE, SOL_SOCKET } from 'berkeley'
import * as families from 'berkeley/families'
import { getsockopt } from 'berkeley/options'
import { levelsOf, type SocketKind } from './levels.ts'
import { OPTIONS } from './table.ts'

/** What one option is, or why it is not known. */
export type Reading = {
  readonly level: string
  readonly option: string
} & ({ readonly value: unknown } | { readonly refused: string; readonly message: string })

export interface Wanted {
  /** Only these levels. */
  readonly levels: readonly string[] | null
  /** Only options whose names contain one of these. */
  readonly names: readonly string[]
}

/** What C has for the names of levels and options. */
export const NUMBERS = { ...berkeley, ...families } as unknown as Readonly<Record<string, number>>

export function kindOf(fd: number): SocketKind {
  const [family, type, protocol] = [SO_DOMAIN, SO_TYPE, SO_PROTOCOL].map((option) =>
    getsockopt(fd, SOL_SOCKET, option as number),
  ) as [number, number, number]
  return { family, type, protocol }
}

/** All options that are wanted. Of a socket of somebody else nothing is read that it would then miss. */
export function readOptions(fd: number, { levels, names }: Wanted, isForeign: boolean): Reading[] {
  const readings: Reading[] = []
  for (const level of levels ?? levelsOf(kindOf(fd))) {
    for (const [option, kind] of Object.entries(OPTIONS[level] ?? {})) {
      if (names.length > 0 && !names.some((name) => option.includes(name.toUpperCase()))) continue
      const what = { level, option }
      if (isForeign && kind.isTaken) {
        const message = 'not asked: the socket forgets it once it is told'
        readings.push({ ...what, refused: 'EBUSY', message })
        continue
      }
      try {
        readings.push({ ...what, value: kind.read(fd, NUMBERS[level]!, NUMBERS[option]!) })
      } catch (error) {
        // A value that is not what the codec knows is shown as refused, with what is wrong about it.
        if (!(error instanceof OSError || error instanceof RangeError)) throw error
        const refused = error instanceof OSError ? error.code : error.name
        const message = error instanceof OSError ? error.strerror : error.message
        readings.push({ ...what, refused, message })
      }
    }
  }
  return readings
}
