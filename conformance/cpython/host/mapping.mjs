// Python's module `_socket` in terms of this library, for both of its forms: which name stands for which,
// with which parameters, and what its result is in Python.
import {
  address,
  ancillary,
  any,
  bytes,
  descriptor,
  list,
  none,
  number,
  seconds,
  socket,
  text,
  truth,
  tuple,
} from './values.mjs'

/**
 * Python's name: the library's, the parameters as Python names them ('?': may be left out), the result, and,
 * where the library takes its arguments in another form, how.
 */
export function methods({ SOL_SOCKET, SCM_RIGHTS }) {
  const control = ancillary((level, type) => level === SOL_SOCKET && type === SCM_RIGHTS)
  return {
    accept: ['accept', [], tuple(socket, address)],
    bind: ['bind', ['address'], none],
    close: ['close', [], none],
    connect: ['connect', ['address'], none],
    connect_ex: ['connectEx', ['address'], number],
    detach: ['detach', [], number],
    fileno: ['fileno', [], number],
    getblocking: ['getblocking', [], truth],
    getpeername: ['getpeername', [], address],
    getsockname: ['getsockname', [], address],
    getsockopt: ['getsockopt', ['level', 'optname', 'buflen?'], any],
    gettimeout: ['gettimeout', [], seconds],
    listen: ['listen', ['backlog?'], none],
    recv: ['recv', ['bufsize', 'flags?'], bytes],
    recv_into: ['recvInto', ['buffer', 'nbytes?', 'flags?'], number],
    recvfrom: ['recvfrom', ['bufsize', 'flags?'], tuple(bytes, address)],
    recvfrom_into: ['recvfromInto', ['buffer', 'nbytes?', 'flags?'], tuple(number, address)],
    recvmsg: ['recvmsg', ['bufsize', 'ancbufsize?', 'flags?'], tuple(bytes, control, number, address)],
    recvmsg_into: [
      'recvmsgInto',
      ['buffers', 'ancbufsize?', 'flags?'],
      tuple(number, control, number, address),
    ],
    send: ['send', ['data', 'flags?'], number],
    sendall: ['sendall', ['data', 'flags?'], none],
    sendto: ['sendto', ['data', 'flags_or_address', 'address?'], number],
    sendmsg: ['sendmsg', ['buffers', 'ancdata?', 'flags?', 'address?'], number],
    sendmsg_afalg: [
      'sendmsgAfalg',
      ['msg?', 'op', 'iv?', 'assoclen?', 'flags?'],
      number,
      ([msg, op, iv, assoclen, flags]) => [given({ msg, op, iv, assoclen, flags })],
    ],
    setblocking: ['setblocking', ['flag'], none],
    setsockopt: ['setsockopt', ['level', 'optname', 'value', 'optlen?'], none],
    settimeout: ['settimeout', ['timeout'], none],
    shutdown: ['shutdown', ['how'], none],
  }
}

export const functions = {
  CMSG_LEN: ['CMSG_LEN', ['length'], number],
  CMSG_SPACE: ['CMSG_SPACE', ['length'], number],
  close: ['close', ['fd'], none],
  dup: ['dup', ['fd'], descriptor],
  getaddrinfo: [
    'getaddrinfo',
    ['host', 'port', 'family?', 'type?', 'proto?', 'flags?'],
    list(tuple(number, number, number, text, address)),
  ],
  getdefaulttimeout: ['getdefaulttimeout', [], seconds],
  gethostbyaddr: ['gethostbyaddr', ['ip'], tuple(text, list(text), list(text))],
  gethostbyname: ['gethostbyname', ['hostname'], text],
  gethostbyname_ex: ['gethostbynameEx', ['hostname'], tuple(text, list(text), list(text))],
  gethostname: ['gethostname', [], text],
  getnameinfo: ['getnameinfo', ['sockaddr', 'flags'], tuple(text, text)],
  getprotobyname: ['getprotobyname', ['name'], number],
  getservbyname: ['getservbyname', ['name', 'proto?'], number],
  getservbyport: ['getservbyport', ['port', 'proto?'], text],
  htonl: ['htonl', ['x'], number],
  htons: ['htons', ['x'], number],
  if_indextoname: ['ifIndextoname', ['index'], text],
  if_nameindex: ['ifNameindex', [], list(tuple(number, text))],
  if_nametoindex: ['ifNametoindex', ['name'], number],
  inet_aton: ['inetAton', ['string'], bytes],
  inet_ntoa: ['inetNtoa', ['packed'], text],
  inet_ntop: ['inetNtop', ['family', 'packed'], text],
  inet_pton: ['inetPton', ['family', 'string'], bytes],
  ntohl: ['ntohl', ['x'], number],
  ntohs: ['ntohs', ['x'], number],
  setdefaulttimeout: ['setdefaulttimeout', ['timeout'], none],
  sethostname: ['sethostname', ['name'], none],
  socketpair: ['socketpair', ['family?', 'type?', 'proto?'], tuple(socket, socket)],
}

/** What may have to wait, by Python's names. */
export const waiting = new Set(
  `accept connect connect_ex recv recv_into recvfrom recvfrom_into recvmsg recvmsg_into
   send sendall sendto sendmsg sendmsg_afalg
   getaddrinfo gethostbyaddr gethostbyname gethostbyname_ex getnameinfo
   getprotobyname getservbyname getservbyport`.split(/\s+/),
)

/** How a parameter is read. */
export function kindOf(name, parameter) {
  if (/^buffers?$/.test(parameter) && name.endsWith('_into')) return 'memory'
  if (/^(nbytes|ancbufsize|flags)\??$/.test(parameter)) return 'number'
  return parameter === 'data' ? 'data' : 'value'
}

function given(options) {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

/** Arguments in the order of the parameters, as Python matches them. */
export function match(name, parameters, positional, named) {
  const names = parameters.map((parameter) => parameter.replace('?', ''))
  if (positional.length > names.length) {
    throw new TypeError(`${name}() takes at most ${names.length} arguments (${positional.length} given)`)
  }
  const values = [...positional]
  for (const [key, value] of named) {
    const index = names.indexOf(key)
    if (index < positional.length)
      throw new TypeError(`${name}() got an unexpected keyword argument '${key}'`)
    values[index] = value
  }
  parameters.forEach((parameter, index) => {
    if (!parameter.endsWith('?') && values[index] === undefined) {
      throw new TypeError(`${name}() missing required argument '${names[index]}'`)
    }
  })
  return Array.from(values)
}
