// How an answer begins: with 0, or with the reason why nothing was found (native/netdb.c), which becomes an error here.
import { type ErrorDetails, gaierror, herror, OSError } from '../core/error-classes.ts'
import { osError } from '../core/errors.ts'
import { shown } from '../core/printable.ts'
import { EAI_SYSTEM } from '../sys/constants.ts'
import { ENOENT } from '../sys/errno.ts'
import type { Packed } from '../sys/packed.ts'

/** What was asked: as the user called it, and about what. */
export interface Asked extends ErrorDetails {
  readonly syscall: string
}

/** After getaddrinfo and getnameinfo. */
export function expectAddressInfo(answer: Packed, asked: Asked): void {
  const code = answer.number()
  if (code === 0) return
  const errno = answer.number()
  if (code === EAI_SYSTEM) throw osError(-errno, asked.syscall, asked.address)
  throw new gaierror(code, answer.text() || `EAI_${-code}`, answer.text(), asked)
}

/** After gethostbyname and gethostbyaddr. */
export function expectHost(answer: Packed, asked: Asked): void {
  const code = answer.number()
  if (code === 0) return
  const errno = answer.number()
  // NETDB_INTERNAL: "see errno".
  if (code < 0) throw osError(-errno, asked.syscall, asked.address)
  throw new herror(code, answer.text(), answer.text(), asked)
}

/** After getservbyname, getservbyport and getprotobyname. */
export function expectEntry(answer: Packed, asked: Asked, notFound: string): void {
  const errno = answer.number()
  if (errno === 0) return
  if (errno !== ENOENT) throw osError(-errno, asked.syscall, asked.address)
  // As in Python: an OSError, and not a FileNotFoundError, though it is what ENOENT usually means.
  throw new OSError(ENOENT, asked, `${asked.syscall}: ${notFound}: ${shown(asked.address)}`)
}
