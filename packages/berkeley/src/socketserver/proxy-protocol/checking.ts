// Whether a header that is to be written can be: what does not fit would tell the server behind of another client.
import { integer } from '../../core/arguments.ts'
import { wrongType, wrongValue } from '../../core/errors.ts'
import { inetPton } from '../../core/numbers.ts'
import { AF_INET, AF_INET6, AF_UNIX } from '../../sys/constants.ts'
import type { ProxyHeader } from './header.ts'

const LONGEST_VALUE = 65_535
/** As `sun_path` has it. */
const LONGEST_PATH = 108

/** Throws if there is no such header. */
export function checkHeader(header: ProxyHeader): void {
  if (typeof header !== 'object' || header === null)
    throw wrongType('proxyHeader', 'header', 'a header', header)
  const { version, family, source, destination, tlvs } = header
  integer('proxyHeader', 'header.version', version, 1, 2)
  if (family !== null && family !== AF_INET && family !== AF_INET6 && family !== AF_UNIX)
    throw wrongValue('proxyHeader', 'header.family', 'AF_INET, AF_INET6, AF_UNIX or null', family)
  if (!Array.isArray(tlvs)) throw wrongType('proxyHeader', 'header.tlvs', 'a list of [type, value]', tlvs)
  for (const tlv of tlvs) checkTlv(tlv)
  if (family === null) return
  checkEnd('header.source', family, source)
  checkEnd('header.destination', family, destination)
}

function checkTlv(tlv: unknown): void {
  const [type, value] = Array.isArray(tlv) ? tlv : []
  if (!(value instanceof Uint8Array))
    throw wrongType('proxyHeader', 'header.tlvs', 'a list of [type, value]', tlv)
  integer('proxyHeader', 'header.tlvs type', type, 0, 255)
  if (value.length > LONGEST_VALUE)
    throw wrongValue('proxyHeader', 'header.tlvs', `at most ${LONGEST_VALUE} bytes each`, value.length)
}

function checkEnd(name: string, family: number, end: unknown): void {
  if (family === AF_UNIX) {
    if (end === null) return
    const isBytes = Buffer.isBuffer(end)
    if (!isBytes && typeof end !== 'string') throw wrongType('proxyHeader', name, 'a path or null', end)
    // An abstract name, which has a NUL, comes as bytes.
    if (Buffer.byteLength(end) > LONGEST_PATH || (!isBytes && end.includes('\0')))
      throw wrongValue('proxyHeader', name, `a path of at most ${LONGEST_PATH} bytes`, end)
    return
  }
  const [host, port] = Array.isArray(end) ? end : []
  if (typeof host !== 'string') throw wrongType('proxyHeader', name, 'a host and a port', end)
  try {
    inetPton(family, host)
  } catch {
    throw wrongValue('proxyHeader', name, `an address of its family`, host)
  }
  integer('proxyHeader', `${name} port`, port, 0, 65_535)
}
