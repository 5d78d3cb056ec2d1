// From an endpoint to what sockets take: the family, and the family's address.
// Rule: names are looked up here only, with the same deadline as what follows.
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  AF_UNSPEC,
  AF_VSOCK,
  AI_PASSIVE,
  getaddrinfo,
  VMADDR_PORT_ANY,
} from 'berkeley'
import { type Endpoint, numericFamily, type Purpose } from './endpoint.ts'

export interface Place {
  readonly family: number
  readonly address: unknown
}

/** All places of a host, in the order to try them; of anything else the one. Throws gaierror for a name. */
export async function placesOf(
  endpoint: Endpoint,
  type: number,
  purpose: Purpose,
  signal: AbortSignal,
): Promise<Place[]> {
  switch (endpoint.kind) {
    case 'unix':
      return [{ family: AF_UNIX, address: endpoint.path }]
    case 'vsock': {
      const port = purpose === 'listen' && endpoint.port === 0 ? VMADDR_PORT_ANY : endpoint.port
      return [{ family: AF_VSOCK, address: [endpoint.cid, port] }]
    }
    case 'host': {
      const { host, port } = endpoint
      const family = numericFamily(host)
      if (family === AF_INET || (family === AF_INET6 && !host.includes('%'))) {
        return [{ family, address: [host, port] }]
      }
      const flags = purpose === 'listen' ? AI_PASSIVE : 0
      const found = await getaddrinfo(host, port, AF_UNSPEC, type, 0, flags, { signal })
      return found.map(([itsFamily, , , , address]) => ({ family: itsFamily, address }))
    }
  }
}
