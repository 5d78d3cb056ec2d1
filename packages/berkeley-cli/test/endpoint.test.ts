// How the address of a tool is written, and what it means.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AF_INET, AF_INET6, AF_PACKET, AF_UNIX, AF_VSOCK, VMADDR_CID_ANY } from 'berkeley'
import fc from 'fast-check'
import { AddressError } from '#addresses.js'
import { type Endpoint, formatEndpoint, formatSocketAddress, parseEndpoint } from '#endpoint.js'

const host = (name: string, port: number): Endpoint => ({ kind: 'host', host: name, port })

test('each form, and back', () => {
  const forms: [string, Endpoint][] = [
    ['192.168.1.7:2000', host('192.168.1.7', 2000)],
    ['lab-7.local:1', host('lab-7.local', 1)],
    ['[::1]:65535', host('::1', 65535)],
    ['[fe80::1%eth0]:2000', host('fe80::1%eth0', 2000)],
    ['unix:/run/chat', { kind: 'unix', path: '/run/chat' }],
    ['unix:a:b', { kind: 'unix', path: 'a:b' }],
    ['unix:@chat', { kind: 'unix', path: '\0chat' }],
    ['unix:./@chat', { kind: 'unix', path: './@chat' }],
    ['vsock:3:2000', { kind: 'vsock', cid: 3, port: 2000 }],
    ['vsock:local:2000', { kind: 'vsock', cid: 1, port: 2000 }],
    ['vsock:host:70000', { kind: 'vsock', cid: 2, port: 70000 }],
  ]
  for (const [text, endpoint] of forms) {
    assert.deepEqual(parseEndpoint(text, 'connect'), endpoint, text)
    assert.equal(formatEndpoint(endpoint), text)
  }
})

test('this machine, where no host is given', () => {
  assert.deepEqual(parseEndpoint(':2000', 'connect'), host('127.0.0.1', 2000))
  assert.deepEqual(parseEndpoint('2000', 'listen'), host('127.0.0.1', 2000))
})

test('for listening: a port that the system chooses, and any machine', () => {
  assert.deepEqual(parseEndpoint('[::]:0', 'listen'), host('::', 0))
  assert.deepEqual(parseEndpoint('0', 'listen'), host('127.0.0.1', 0))
  assert.deepEqual(parseEndpoint('vsock:any:0', 'listen'), { kind: 'vsock', cid: VMADDR_CID_ANY, port: 0 })
})

test('what is no address is refused, with the reason', () => {
  const refusals: [string, RegExp][] = [
    ['', /^'' is not host:port/],
    ['localhost', /^'localhost' has no port; write localhost:port$/],
    ['10.0.0.1', /has no port; write 10\.0\.0\.1:port/],
    ['::1', /^'::1' has no port; write \[::1\]:port$/],
    ['[::1]', /has no port; write \[::1\]:port/],
    ['::1:80', /has no port|not host:port/],
    ['[localhost]:80', /'localhost' is not an IPv6 address/],
    ['[10.0.0.1]:80', /is not an IPv6 address/],
    ['[]:80', /is not an IPv6 address/],
    ['10.0.0.256:80', /'10\.0\.0\.256' is neither an address nor a host name/],
    ['a..b:80', /neither an address nor a host name/],
    ['10.0.0.1:', /port '' is not a number from 1 to 65535/],
    ['10.0.0.1:0', /port '0' is not a number from 1/],
    ['10.0.0.1:65536', /port '65536'/],
    ['10.0.0.1:http', /port 'http'/],
    ['10.0.0.1:8\u001b[31m', /port '8\\u\{1b\}\[31m' is not a number/],
    ['unix:', /the path is missing/],
    ['unix:@', /the path is missing/],
    ['unix:a\0b', /a path has no NUL/],
    [`unix:/${'é'.repeat(54)}`, /a name of 109 bytes; Unix sockets have 107 at most/],
    ['vsock:3', /expected vsock:cid:port/],
    ['vsock:guest:3', /expected vsock:cid:port, with a number or any, hypervisor, local, host/],
    ['vsock:4294967296:3', /expected vsock:cid:port/],
    ['vsock:any:3', /any machine is for listening only/],
    ['vsock:1:4294967295', /is not a number from 1 to 4294967294/],
  ]
  for (const [text, message] of refusals) {
    assert.throws(
      () => parseEndpoint(text, 'connect'),
      (error) => error instanceof AddressError && message.test(error.message),
      `${JSON.stringify(text)} should be refused as ${message}`,
    )
  }
  assert.throws(() => parseEndpoint('10.0.0.1:-1', 'listen'), /from 0 to 65535/)
})

test('the longest names of Unix sockets', () => {
  assert.equal(formatEndpoint(parseEndpoint(`unix:${'p'.repeat(107)}`, 'listen')).length, 112)
  assert.equal(formatEndpoint(parseEndpoint(`unix:@${'p'.repeat(107)}`, 'listen')).length, 113)
})

test('what sockets tell of themselves and their peers', () => {
  assert.equal(formatSocketAddress(AF_INET, ['10.0.0.1', 7]), '10.0.0.1:7')
  assert.equal(formatSocketAddress(AF_INET6, ['fe80::1', 7, 0, 2]), '[fe80::1]:7')
  assert.equal(formatSocketAddress(AF_VSOCK, [2, 7]), 'vsock:host:7')
  assert.equal(formatSocketAddress(AF_VSOCK, [VMADDR_CID_ANY, 7]), 'vsock:any:7')
  assert.equal(formatSocketAddress(AF_UNIX, '/run/x'), 'unix:/run/x')
  assert.equal(formatSocketAddress(AF_UNIX, ''), 'unix:')
  assert.equal(formatSocketAddress(AF_UNIX, Buffer.from('\u00000a1b2')), 'unix:@0a1b2')
  assert.equal(formatSocketAddress(AF_UNIX, Buffer.from('\0a\u001b[2J\0')), 'unix:@a\\u{1b}[2J\\u{0}')
  assert.throws(() => formatSocketAddress(AF_PACKET, []), TypeError)
})

test('whatever is written is an endpoint that reads back the same, or an AddressError', () => {
  const piece = fc.constantFrom(
    'unix:',
    'vsock:',
    '[',
    ']',
    ':',
    '@',
    '.',
    '/',
    '%',
    '1',
    '255',
    '65536',
    'fe80',
    'any',
    'é',
    '\0',
    ' ',
  )
  const text = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
  )
  fc.assert(
    fc.property(text, fc.constantFrom('connect' as const, 'listen' as const), (written, purpose) => {
      let endpoint: Endpoint
      try {
        endpoint = parseEndpoint(written, purpose)
      } catch (error) {
        assert.ok(error instanceof AddressError, `${error}`)
        return
      }
      const shown = formatEndpoint(endpoint)
      // What is invisible is escaped, so only what is visible reads back.
      if (!shown.includes('\\u{')) assert.deepEqual(parseEndpoint(shown, purpose), endpoint, written)
    }),
    { numRuns: 5000 },
  )
})
