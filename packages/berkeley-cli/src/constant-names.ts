// Numbers by the names that C gives them, and back: 2 among AF_… is AF_INET.
// Rule: where a number has several names, the one that people use is taken.
import * as berkeley from 'berkeley'

// What else has the number of something better known.
const ALIASES = new Set(['AF_LOCAL', 'AF_ROUTE', 'IPPROTO_HOPOPTS', 'ETH_P_ECHO', 'NETLINK_INET_DIAG'])

// Where options and others begin like what is meant: only these.
const ONLY: Readonly<Record<string, string>> = {
  SOCK_: 'STREAM DGRAM RAW RDM SEQPACKET DCCP',
  CAN_: 'RAW BCM ISOTP J1939',
  NETLINK_: `ROUTE USERSOCK FIREWALL SOCK_DIAG NFLOG XFRM SELINUX ISCSI AUDIT FIB_LOOKUP CONNECTOR NETFILTER IP6_FW DNRTMSG
    KOBJECT_UEVENT GENERIC SCSITRANSPORT ECRYPTFS RDMA CRYPTO SMC`,
}

const tables = new Map<string, ReadonlyMap<string, number>>()

/** All names that begin so, with their numbers. */
export function constantsOf(prefix: string): ReadonlyMap<string, number> {
  const known = tables.get(prefix)
  if (known !== undefined) return known
  const only = ONLY[prefix]?.split(/\s+/)
  const table = new Map<string, number>()
  for (const [name, value] of Object.entries(berkeley)) {
    if (typeof value !== 'number' || !name.startsWith(prefix) || ALIASES.has(name)) continue
    if (only === undefined || only.includes(name.slice(prefix.length))) table.set(name, value)
  }
  tables.set(prefix, table)
  return table
}

/** The name of a number, or the number itself where it has none. */
export function nameOf(prefix: string, value: number): string {
  for (const [name, number] of constantsOf(prefix)) if (number === value) return name
  return String(value)
}

/** The number of a name, which may be written without its prefix and in small letters: `inet`, `AF_INET`. */
export function numberOf(prefix: string, text: string): number | undefined {
  const name = text.toUpperCase().replaceAll('-', '_')
  const table = constantsOf(prefix)
  return table.get(name) ?? table.get(prefix + name)
}

/** The names of the bits that are set; what has no name is a number at the end. */
export function flagNames(prefix: string, value: number): string[] {
  const names: string[] = []
  let rest = value
  for (const [name, bit] of constantsOf(prefix)) {
    if (bit === 0 || (rest & bit) !== bit) continue
    names.push(name)
    rest &= ~bit
  }
  return rest === 0 ? names : [...names, `0x${(rest >>> 0).toString(16)}`]
}
