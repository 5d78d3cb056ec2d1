// The sockets that a process has open, by /proc.
import { readdirSync, readlinkSync } from 'node:fs'
import { CommandFailure } from '../../exit-status.ts'

/** The numbers of its descriptors that are sockets. */
export function socketsOf(pid: number): number[] {
  try {
    const folder = `/proc/${pid}/fd`
    return readdirSync(folder)
      .map(Number)
      .filter((fd) => isSocket(`${folder}/${fd}`))
      .sort((a, b) => a - b)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new CommandFailure(`there is no process ${pid}`)
    if (code === 'EACCES' || code === 'EPERM')
      throw new CommandFailure(
        `process ${pid} belongs to somebody else; only its user and root may look at it`,
      )
    throw error
  }
}

// A descriptor may be closed meanwhile.
function isSocket(path: string): boolean {
  try {
    return readlinkSync(path).startsWith('socket:')
  } catch {
    return false
  }
}
