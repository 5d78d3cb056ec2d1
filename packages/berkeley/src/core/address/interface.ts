// Network interfaces in addresses: users see names, the kernel indices. `''` is index 0, which means every interface.
import { ENODEV } from '../../sys/errno.ts'
import { layout } from '../../sys/layout.ts'
import { text } from '../arguments.ts'
import { OSError } from '../error-classes.ts'
import { osError } from '../errors.ts'
import { shown } from '../printable.ts'
import type { Endpoint } from './codec.ts'

/** IFNAMSIZ, with the NUL: the name is what struct ifreq begins with. */
const ROOM = layout.ifreq.ifr_ifindex

/** The index for the name that a user gave. */
export function indexOfInterface(
  name: unknown,
  syscall: string,
  endpoint: Pick<Endpoint, 'interfaceIndex'>,
): number {
  const given = text(syscall, 'interface', name)
  if (given === '') return 0
  if (Buffer.byteLength(given) >= ROOM) throw tooLong(given, syscall)
  const index = endpoint.interfaceIndex(given)
  if (index < 0) throw osError(index, syscall, given)
  return index
}

// As in Python, an OSError, although its own errno says less.
function tooLong(name: string, syscall: string): OSError {
  const strerror = 'interface name too long'
  const error = new OSError(
    ENODEV,
    { syscall, address: name },
    `${syscall} ENODEV: ${strerror}: ${shown(name)}`,
  )
  return Object.assign(error, { strerror })
}

/** The name for the index that the kernel gave; `''` if the interface is gone. */
export function nameOfInterface(index: number, endpoint: Endpoint): string {
  return index <= 0 ? '' : endpoint.interfaceName(index)
}
