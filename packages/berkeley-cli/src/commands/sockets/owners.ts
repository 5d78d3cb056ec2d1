// Which processes have which sockets open, by /proc.
// Rule: what may not be looked at, and what ends meanwhile, has no owner; it is no failure.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

export interface Owner {
  readonly pid: number
  readonly name: string
  readonly fd: number
}

/** The owners of each socket, by its inode. */
export function findOwners(): Map<number, Owner[]> {
  const owners = new Map<number, Owner[]>()
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const folder = `/proc/${pid}/fd`
    let name: string | undefined
    for (const fd of attempt(() => readdirSync(folder)) ?? []) {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(attempt(() => readlinkSync(`${folder}/${fd}`)) ?? '') ?? []
      if (inode === undefined) continue
      name ??= attempt(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd()) ?? '?'
      const owner = { pid: Number(pid), name, fd: Number(fd) }
      const others = owners.get(Number(inode))
      if (others === undefined) owners.set(Number(inode), [owner])
      else others.push(owner)
    }
  }
  return owners
}

function attempt<Result>(read: () => Result): Result | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
