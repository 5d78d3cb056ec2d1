// Raw sockets by /proc/net/raw, for kernels that were built without socket diagnostics of them (CONFIG_INET_RAW_DIAG).
import { readFileSync } from 'node:fs'
import { AF_INET, AF_INET6, inetNtop } from 'berkeley'

export interface RawSocket {
  readonly family: number
  readonly state: number
  readonly local: readonly [host: string, protocol: number]
  readonly remote: readonly [host: string, protocol: number]
  readonly rqueue: number
  readonly wqueue: number
  readonly uid: number
  readonly inode: number
}

export function readRawTable(): RawSocket[] {
  return [
    ...parseRawTable(AF_INET, read('/proc/self/net/raw')),
    ...parseRawTable(AF_INET6, read('/proc/self/net/raw6')),
  ]
}

// Without IPv6 there is no table of it.
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

/** The lines below the heading: `1: 0100007F:0001 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 123 …`. */
export function parseRawTable(family: number, text: string): RawSocket[] {
  const lines = text.split('\n').slice(1)
  return lines.flatMap((line) => {
    const [, local, remote, state, queues, , , uid, , inode] = line.trim().split(/\s+/)
    if (local === undefined || remote === undefined || inode === undefined) return []
    const [wqueue = '', rqueue = ''] = (queues ?? '').split(':')
    return {
      family,
      state: Number.parseInt(state ?? '', 16),
      local: addressOf(family, local),
      remote: addressOf(family, remote),
      rqueue: Number.parseInt(rqueue, 16),
      wqueue: Number.parseInt(wqueue, 16),
      uid: Number(uid),
      inode: Number(inode),
    }
  })
}

// Words of 32 bits, each in the order of the machine.
function addressOf(family: number, text: string): [string, number] {
  const [host = '', protocol = ''] = text.split(':')
  const bytes = Buffer.from(host, 'hex')
  return [inetNtop(family, bytes.swap32()), Number.parseInt(protocol, 16)]
}
