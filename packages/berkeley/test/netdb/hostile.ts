// Runs in a world of its own, since it may rename the host: whatever is passed, there is a result or an honest error.
import assert from 'node:assert/strict'
import { OSError } from 'berkeley'
import fc from 'fast-check'
import { forms } from '../forms.ts'

const names = [
  ...([
    'getaddrinfo',
    'getnameinfo',
    'gethostbyname',
    'gethostbynameEx',
    'gethostbyaddr',
    'getfqdn',
  ] as const),
  ...([
    'getservbyname',
    'getservbyport',
    'getprotobyname',
    'gethostname',
    'sethostname',
    'ifNameindex',
  ] as const),
  ...(['ifNametoindex', 'ifIndextoname', 'htons', 'htonl', 'ntohs', 'ntohl'] as const),
  ...(['inetAton', 'inetNtoa', 'inetPton', 'inetNtop'] as const),
]

const detached = new Uint8Array(8)
structuredClone(detached, { transfer: [detached.buffer] })
class Liar extends Uint8Array {
  override get length(): number {
    return 2 ** 40
  }
}

const strange = [
  ...[
    null,
    undefined,
    true,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -0,
    -1,
    0.5,
    2 ** 31,
    2 ** 32,
    2 ** 53,
    10n ** 30n,
  ],
  ...[
    '',
    '\0',
    'a\0b',
    '\ud800',
    'é'.repeat(2000),
    'x'.repeat(70),
    'a.'.repeat(600),
    'x'.repeat(2 ** 24),
    '%',
    '::%',
    '%lo',
  ],
  ...[
    '1'.repeat(1000),
    '127.0.0.1%',
    'fe80::1%',
    'fe80::1%4294967296',
    '<broadcast>',
    '[::1]',
    'xn--',
    'xn--\u00fc',
    '\u202e.com',
  ],
  ...[
    Symbol('s'),
    () => 'localhost',
    /x/,
    new Date(),
    new Map(),
    {},
    { signal: null },
    { length: 3, 0: 'localhost' },
  ],
  ...[[], ['localhost'], [[]], [null, null], ['127.0.0.1', 80, 0, 0, 0], new Array(1000).fill('127.0.0.1')],
  ...[
    detached,
    new Liar(4),
    Buffer.alloc(0),
    Buffer.alloc(2 ** 20, 97),
    new Uint8Array(new SharedArrayBuffer(16)),
    new DataView(new ArrayBuffer(16)),
  ],
  ...[
    new Float64Array(2),
    new ArrayBuffer(4),
    new ArrayBuffer(16),
    new Proxy(new Uint8Array(4), {}),
    new Proxy([], {}),
  ],
  Object.defineProperty([], '0', { get: () => assert.fail('a getter') }),
]
const value = fc.oneof(
  { arbitrary: fc.constantFrom(...strange), weight: 3 },
  fc.anything(),
  fc.string(),
  fc.integer(),
)

for (const { name: form, library } of forms) {
  for (const name of names) {
    const call = library[name] as (...args: unknown[]) => unknown
    const lists = [...strange.map((first) => [first]), ...fc.sample(fc.array(value, { maxLength: 7 }), 150)]
    for (const args of lists) {
      try {
        await call(...args)
      } catch (error) {
        const honest = error instanceof TypeError || error instanceof RangeError || error instanceof OSError
        // What a getter of the caller throws is the caller's.
        if (honest || (error as Error).message === 'a getter') continue
        throw Object.assign(new Error(`${form} ${name}: ${error}`), { cause: error })
      }
    }
  }
}
console.log('null')
