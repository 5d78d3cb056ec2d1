// Whose word is taken for who a client is: a list of addresses and networks.
import { wrongType, wrongValue } from '../../core/errors.ts'
import { inetPton } from '../../core/numbers.ts'
import { AF_INET, AF_INET6 } from '../../sys/constants.ts'

/** Whether a list of whom to trust is one, or `null`. */
export function trustedOrNull(name: string, attribute: string, list: unknown): void {
  if (list === null) return
  if (!Array.isArray(list) || !list.every((entry) => typeof entry === 'string'))
    throw wrongType(name, attribute, 'a list of addresses or null', list)
  for (const entry of list) {
    try {
      if (entry !== '*') networkOf(entry)
    } catch {
      throw wrongValue(name, attribute, 'addresses, or networks as 10.0.0.0/8', entry)
    }
  }
}

const MAPPED = '::ffff:'

/** Whether `peer`, an address as accept(2) gives it, is in the list: `'192.0.2.1'`, `'10.0.0.0/8'`, `'::1'`, `'*'` for all. */
export function isTrusted(list: readonly string[], peer: unknown): boolean {
  if (!Array.isArray(list)) throw wrongType('TCPServer', 'proxyProtocol', 'a list of addresses', list)
  if (list.includes('*')) return true
  if (!Array.isArray(peer) || typeof peer[0] !== 'string') return false
  const bytes = bytesOf(peer[0].replace(/%.*$/, ''))
  return list.some((entry) => contains(entry, bytes))
}

/** The address of a network, and how many bits of it count. */
function networkOf(entry: string): readonly [network: Buffer, length: number] {
  const [host = '', prefix] = entry.split('/')
  const network = bytesOf(host)
  const bits = network.length * 8
  const length = prefix === undefined ? bits : /^\d+$/.test(prefix) ? Number(prefix) : -1
  if (length < 0 || length > bits)
    throw wrongValue('TCPServer', 'proxyProtocol', 'addresses, or networks as 10.0.0.0/8', entry)
  return [network, length]
}

function contains(entry: string, address: Buffer): boolean {
  const [network, length] = networkOf(entry)
  if (network.length !== address.length) return false
  const whole = length >> 3
  if (!network.subarray(0, whole).equals(address.subarray(0, whole))) return false
  const left = length & 7
  return left === 0 || (network[whole]! ^ address[whole]!) >> (8 - left) === 0
}

// An IPv4 client of an IPv6 socket is meant by its IPv4 address.
function bytesOf(host: string): Buffer {
  const plain = host.startsWith(MAPPED) && host.includes('.') ? host.slice(MAPPED.length) : host
  return inetPton(plain.includes(':') ? AF_INET6 : AF_INET, plain)
}
