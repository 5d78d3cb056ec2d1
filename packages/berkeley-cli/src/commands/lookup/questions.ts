// What a word of the command line asks for: a host's addresses, an address's names, a service or a protocol.
import { AddressError, isHostName, isPort } from '../../addresses.ts'
import { numericFamily } from '../../endpoint.ts'
import { printable } from '../../printable.ts'

export type Question =
  | { readonly kind: 'host'; readonly host: string; readonly service: string | null }
  | { readonly kind: 'address'; readonly host: string; readonly port: number }
  | { readonly kind: 'service'; readonly service: string; readonly protocol: string }
  | { readonly kind: 'protocol'; readonly protocol: string }

/** Reads `example.org`, `example.org:http`, `192.0.2.1:80`, `[2001:db8::1]:80`, `http/tcp`, `protocol:icmp`. */
export function parseQuestion(text: string): Question {
  const protocol = /^protocol:([\w.+-]+)$/.exec(text)?.[1]
  if (protocol !== undefined) return { kind: 'protocol', protocol }
  const [, service, over] = /^([\w.+*-]+)\/(\w+)$/.exec(text) ?? []
  if (service !== undefined && over !== undefined) return { kind: 'service', service, protocol: over }
  const [host, behind] = splitService(text)
  if (numericFamily(host) !== null) {
    const port = behind === null ? 0 : Number(behind)
    if (behind !== null && !isPort(port)) {
      throw new AddressError(`'${printable(text)}': the port of an address is a number from 1 to 65535`)
    }
    return { kind: 'address', host, port }
  }
  if (!isHostName(host)) {
    throw new AddressError(
      `'${printable(text)}' is neither a host, an address, a service as http/tcp nor protocol:name`,
    )
  }
  return { kind: 'host', host, service: behind }
}

// An IPv6 address has colons itself, so it stands in brackets where a port follows.
function splitService(text: string): [host: string, service: string | null] {
  const bracketed = /^\[([^\]]+)\](?::(.+))?$/.exec(text)
  if (bracketed !== null) return [bracketed[1] ?? '', bracketed[2] ?? null]
  const [, host, service] = /^([^:]+):([^:]+)$/.exec(text) ?? []
  return host !== undefined && service !== undefined ? [host, service] : [text, null]
}
