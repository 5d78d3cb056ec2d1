// Which sockets are shown.
import { isInRange, type NetworkRange } from '../../network-range.ts'
import type { Entry } from './entries.ts'

export interface Filter {
  readonly states: ReadonlySet<number>
  /** On either side; empty for all. */
  readonly ports: readonly number[]
  readonly localPorts: readonly number[]
  readonly peerPorts: readonly number[]
  /** On either side; empty for all. */
  readonly addresses: readonly NetworkRange[]
  readonly pids: readonly number[]
}

export function isWanted(entry: Entry, filter: Filter): boolean {
  const { states, ports, localPorts, peerPorts, addresses, pids } = filter
  return (
    states.has(entry.state) &&
    (ports.length === 0 || hasPort(entry, ports, true) || hasPort(entry, ports, false)) &&
    (localPorts.length === 0 || hasPort(entry, localPorts, true)) &&
    (peerPorts.length === 0 || hasPort(entry, peerPorts, false)) &&
    (addresses.length === 0 || addresses.some((range) => hasAddress(entry, range))) &&
    (pids.length === 0 || entry.owners.some(({ pid }) => pids.includes(pid)))
  )
}

// Only TCP and UDP have ports; what stands in their place elsewhere is something else.
function hasPort({ kind, local, peer }: Entry, ports: readonly number[], isLocal: boolean): boolean {
  const { port } = isLocal ? local : peer
  return (kind === 'tcp' || kind === 'udp') && port !== null && ports.includes(port)
}

function hasAddress({ kind, local, peer }: Entry, range: NetworkRange): boolean {
  return (
    (kind === 'tcp' || kind === 'udp' || kind === 'raw') &&
    (isInRange(range, local.host) || isInRange(range, peer.host))
  )
}
