// The flags of lookups by their names: AI_… for getaddrinfo, NI_… for getnameinfo.
import { constantsOf, numberOf } from '../../constant-names.ts'
import { UsageError } from '../../exit-status.ts'
import { printable } from '../../printable.ts'

// Lengths, not flags.
const NO_FLAGS = new Set(['NI_MAXHOST', 'NI_MAXSERV'])

export interface Flags {
  /** For getaddrinfo. */
  readonly addresses: number
  /** For getnameinfo. */
  readonly names: number
}

/** From `canonname,numerichost`. A name that both lookups have, as numerichost, is for both. */
export function parseFlags(list: readonly string[]): Flags {
  const flags = { addresses: 0, names: 0 }
  for (const text of list.flatMap((each) => each.split(/[\s,|]+/)).filter((each) => each !== '')) {
    const [forAddresses, forNames] = [flagOf('AI_', text), flagOf('NI_', text)]
    if (forAddresses === undefined && forNames === undefined) {
      throw new UsageError(`flag '${printable(text)}' is none of ${flagList().join(', ')}`)
    }
    flags.addresses |= forAddresses ?? 0
    flags.names |= forNames ?? 0
  }
  return flags
}

/** All flags, in small letters and without what they begin with. */
export function flagList(): string[] {
  const names = ['AI_', 'NI_'].flatMap((prefix) =>
    [...constantsOf(prefix).keys()]
      .filter((name) => !NO_FLAGS.has(name))
      .map((name) => name.slice(3).toLowerCase()),
  )
  return [...new Set(names)].sort()
}

function flagOf(prefix: string, text: string): number | undefined {
  return NO_FLAGS.has(prefix + text.toUpperCase()) ? undefined : numberOf(prefix, text)
}
