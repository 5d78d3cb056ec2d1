// Looks questions up, and gives answers as records: one for each question.
import {
  AF_INET6,
  AI_CANONNAME,
  EAI_NONAME,
  gaierror,
  getaddrinfo,
  getnameinfo,
  getprotobyname,
  getservbyname,
  getservbyport,
  NI_NAMEREQD,
  OSError,
} from 'berkeley'
import { nameOf } from '../../constant-names.ts'
import type { Flags } from './flags.ts'
import type { Question } from './questions.ts'

export interface Limits {
  readonly family: number
  readonly type: number
  readonly flags: Flags
  readonly signal: AbortSignal
}

export interface FoundAddress {
  readonly family: string
  readonly type: string
  readonly protocol: string
  readonly address: string
  readonly port: number
  readonly scopeId?: number
}

export type Answer =
  | { readonly kind: 'host'; readonly canonicalName: string; readonly addresses: readonly FoundAddress[] }
  | { readonly kind: 'address'; readonly name: string | null; readonly service: string | null }
  | { readonly kind: 'service'; readonly name: string; readonly port: number; readonly protocol: string }
  | { readonly kind: 'protocol'; readonly name: string; readonly number: number }

/** Throws gaierror or OSError where there is no answer. */
export function lookUp(question: Question, limits: Limits): Promise<Answer> {
  switch (question.kind) {
    case 'host':
      return findAddresses(question.host, question.service, limits)
    case 'address':
      return findNames(question.host, question.port, limits)
    case 'service':
      return findService(question.service, question.protocol, limits)
    case 'protocol':
      return findProtocol(question.protocol, limits)
  }
}

async function findAddresses(
  host: string,
  service: string | null,
  { family, type, flags, signal }: Limits,
): Promise<Answer> {
  const found = await getaddrinfo(host, service, family, type, 0, AI_CANONNAME | flags.addresses, { signal })
  const addresses = found.map(([ofFamily, ofType, protocol, , sockaddr]): FoundAddress => {
    const [address, port, , scopeId] = sockaddr as readonly [string, number, number?, number?]
    const common = {
      family: nameOf('AF_', ofFamily),
      type: nameOf('SOCK_', ofType),
      protocol: nameOf('IPPROTO_', protocol),
      address,
      port,
    }
    return ofFamily === AF_INET6 && scopeId ? { ...common, scopeId } : common
  })
  return { kind: 'host', canonicalName: found[0]?.[3] ?? '', addresses }
}

async function findNames(host: string, port: number, { flags, signal }: Limits): Promise<Answer> {
  const address: [string, number] = [host, port]
  const [name, service] = await getnameinfo(address, flags.names, { signal })
  // Where there is no name, the numbers come back: asked so that this is an error, it shows.
  const isNamed = await getnameinfo(address, flags.names | NI_NAMEREQD, { signal }).then(
    () => true,
    (error) => {
      if (error instanceof gaierror && error.errno === EAI_NONAME) return false
      throw error
    },
  )
  const isService = port !== 0 && service !== String(port)
  return { kind: 'address', name: isNamed ? name : null, service: isService ? service : null }
}

async function findService(service: string, protocol: string, { signal }: Limits): Promise<Answer> {
  if (/^\d+$/.test(service)) {
    const port = Number(service)
    return { kind: 'service', name: await getservbyport(port, protocol, { signal }), port, protocol }
  }
  return {
    kind: 'service',
    name: service,
    port: await getservbyname(service, protocol, { signal }),
    protocol,
  }
}

async function findProtocol(name: string, { signal }: Limits): Promise<Answer> {
  return { kind: 'protocol', name, number: await getprotobyname(name, { signal }) }
}

/** Why there is no answer, in words and as a name; rethrows what is a bug. */
export function reasonOf(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof RangeError) return { code: 'ERANGE', message: error.message }
  if (!(error instanceof OSError)) throw error
  if (error instanceof gaierror) return { code: nameOf('EAI_', error.errno), message: error.message }
  return { code: error.code ?? 'ENOENT', message: error.message }
}
