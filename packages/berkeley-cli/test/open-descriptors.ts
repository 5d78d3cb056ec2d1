// Which descriptors this process has open, to see that nothing is left behind.
import { readdirSync, readlinkSync } from 'node:fs'

/** The sockets of this process. */
export function openSockets(): string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      const file = readlinkSync(`/proc/self/fd/${descriptor}`)
      return file.startsWith('socket:') ? [file] : []
    } catch {
      return [] // The descriptor with which the directory itself was read.
    }
  })
}
