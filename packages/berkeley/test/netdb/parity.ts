// Runs in a world whose name server answers: every function in both forms, and Python's, on the same arguments.
import * as ours from 'berkeley'
import * as blocking from 'berkeley/blocking'
import { ask, askPython, type Call } from './python.ts'

const {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  SOCK_STREAM,
  SOCK_DGRAM,
  SOCK_RAW,
  IPPROTO_TCP,
  IPPROTO_UDP,
  IPPROTO_ICMP,
} = ours

/** Every constant that begins so, and combinations that mean something else than their parts. */
function flags(prefix: string, ...more: number[]): number[] {
  const single = Object.entries(ours).filter(([name]) => name.startsWith(prefix) && !name.includes('_MAX'))
  return [0, ...single.map(([, value]) => value as number), ...more]
}

const aiFlags = flags(
  'AI_',
  ours.AI_V4MAPPED | ours.AI_ALL,
  ours.AI_PASSIVE | ours.AI_NUMERICHOST,
  0x40,
  0x40000000,
)
const niFlags = flags(
  'NI_',
  ours.NI_NUMERICHOST | ours.NI_NUMERICSERV,
  ours.NI_NUMERICHOST | ours.NI_NAMEREQD,
)

const hosts = [
  null,
  '',
  'localhost',
  '127.0.0.1',
  '127.1',
  '0x7f.1',
  '::1',
  '::ffff:1.2.3.4',
  'fe80::1%lo',
  'fe80::1%7',
  'fe80::1%nosuch',
  '1.2.3.4.5',
  '::1::2',
  '10.1.2.3',
  'first',
  'other',
  'also.example.org',
  'host.example',
  'HOST.Example',
  'alias.example',
  'v4.example',
  'v6.example',
  'many.example',
  'empty.example',
  'nosuch.example',
  'failing.example',
  'refused.example',
  'bücher.example',
  'BÜCHER.example',
  Buffer.from('host.example'),
  Buffer.from('bücher.example'),
]
const named = hosts.filter((host) => host !== null)
const services = [
  null,
  0,
  80,
  65535,
  '',
  '0',
  '80',
  '65536',
  '-1',
  '0x50',
  'http',
  'domain',
  'nosuch',
  'HTTP',
  ' 80',
  Buffer.from('ssh'),
]
const families = [0, AF_INET, AF_INET6, AF_UNIX, 12345, -1]
const types = [0, SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, 5, 77]
const protos = [0, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, 132, 255]

const sockaddrs = [
  ['127.0.0.1', 80],
  ['127.0.0.1', 514],
  ['127.1', 22],
  ['10.1.2.3', 0],
  ['10.1.2.4', 53],
  ['192.0.2.1', 9],
  ['192.0.2.4', 65535],
  ['192.0.2.9', 80],
  ['203.0.113.1', 80],
  ['::1', 80],
  ['::1', 80, 0, 0],
  ['2001:db8::1', 22, 5, 0],
  ['fe80::1', 22, 0, 1],
  ['localhost', 80],
  ['host.example', 80],
  ['', 80],
  ['<broadcast>', 80],
]

const calls: Call[] = [
  ...hosts.flatMap((host) => services.map((service): Call => ['getaddrinfo', host, service])),
  ...hosts.flatMap((host) => aiFlags.map((flag): Call => ['getaddrinfo', host, 80, 0, SOCK_STREAM, 0, flag])),
  ...hosts.flatMap((host) =>
    aiFlags.map((flag): Call => ['getaddrinfo', host, 80, AF_INET6, SOCK_STREAM, 0, flag]),
  ),
  ...families.map((family): Call => ['getaddrinfo', 'host.example', 'http', family]),
  ...types.flatMap((type) => protos.map((proto): Call => ['getaddrinfo', '127.0.0.1', 80, 0, type, proto])),
  ...types.map((type): Call => ['getaddrinfo', '127.0.0.1', 'domain', 0, type]),
  ['getaddrinfo', 5, 80],
  ['getaddrinfo', 'localhost', 80, 'x'],
  ['getaddrinfo', 'localhost', 80, 2 ** 40],
  ['getaddrinfo', 'localhost', 80, 0, 0, 0, 2 ** 31],
  ...sockaddrs.flatMap((sockaddr) => niFlags.map((flag): Call => ['getnameinfo', sockaddr, flag])),
  ['getnameinfo', 'localhost', 0],
  ['getnameinfo', [], 0],
  ['getnameinfo', ['127.0.0.1'], 0],
  ['getnameinfo', ['::1', 80, 0x100000], 0],
  ['getnameinfo', ['127.0.0.1', '80'], 0],
  ...['gethostbyname', 'gethostbyname_ex'].flatMap((name) => named.map((host): Call => [name, host])),
  ...named.filter((host) => host !== '').map((host): Call => ['gethostbyaddr', host]),
  ...['<broadcast>', '255.255.255.255', '0.0.0.0', 5].flatMap((host): Call[] => [
    ['gethostbyname', host],
    ['gethostbyname_ex', host],
  ]),
  ...['192.0.2.1', '192.0.2.4', '192.0.2.9', '203.0.113.1', '2001:db8::1', 'thishost', null, 5].map(
    (host): Call => ['gethostbyaddr', host],
  ),
  ['getfqdn'],
  ...[
    '',
    ' ',
    '0.0.0.0',
    '::',
    'localhost',
    ' first ',
    '10.1.2.4',
    'alias.example',
    '192.0.2.4',
    'nosuch.example',
  ].map((name): Call => ['getfqdn', name]),
  ...['http', 'ssh', 'domain', 'syslog', 'shell', 'nosuch', '', '80'].flatMap((name): Call[] => [
    ['getservbyname', name],
    ...['tcp', 'udp', 'sctp', ''].map((proto): Call => ['getservbyname', name, proto]),
  ]),
  ['getservbyname', 80],
  ['getservbyname', 'http', 6],
  ['getservbyname', 'ht\0tp'],
  ...[0, 22, 53, 80, 514, 65535, -1, 65536, '80'].flatMap((port): Call[] => [
    ['getservbyport', port],
    ...['tcp', 'udp', 'sctp'].map((proto): Call => ['getservbyport', port, proto]),
  ]),
  ...['ip', 'icmp', 'tcp', 'udp', 'TCP', 'ipv6-icmp', 'sctp', 'nosuch', '', 6].map(
    (name): Call => ['getprotobyname', name],
  ),
  ['gethostname'],
  ['sethostname', 'other-name'],
  ['gethostname'],
  ['sethostname', Buffer.from('thishost')],
  ['gethostname'],
  ['sethostname', 'x'.repeat(65)],
  ['sethostname', 'x\0y'],
  ['sethostname', 5],
  ['if_nameindex'],
  ...['lo', 'nosuch', '', 'a-name-that-is-too-long-for-an-interface', 'l\0o', Buffer.from('lo')].map(
    (name): Call => ['if_nametoindex', name],
  ),
  ...[1, 0, 4242, -1, 'lo'].map((index): Call => ['if_indextoname', index]),
]

const python = askPython(calls)
const differences: unknown[] = []
for (const [i, call] of calls.entries()) {
  const expected = python[i]
  for (const [form, module] of Object.entries({ async: ours, blocking })) {
    const found = await ask(module, call)
    if (JSON.stringify(found) !== JSON.stringify(expected)) differences.push({ form, call, expected, found })
  }
}
console.log(JSON.stringify({ calls: calls.length, differences }))
