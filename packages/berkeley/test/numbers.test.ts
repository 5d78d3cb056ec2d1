// Byte order and IP addresses as text: the same as Python's, which asks the C library.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as asynchronous from 'berkeley'
import fc from 'fast-check'
import { forms } from './forms.ts'
import { ask, askPython, type Call } from './netdb/python.ts'

const { AF_INET, AF_INET6, AF_UNIX } = asynchronous
const SAMPLES = 3000

async function sameAsPython(calls: readonly Call[]): Promise<void> {
  const expected = askPython(calls)
  for (const [i, call] of calls.entries()) {
    assert.deepEqual(await ask(asynchronous, call), expected[i], JSON.stringify(call))
  }
}

// Texts of the right alphabet, put together almost as they should be: a random text is nearly always refused at once.
const digits = fc.oneof(
  { arbitrary: fc.nat(255).map(String), weight: 8 },
  { arbitrary: fc.nat(255).map((value) => `0x${value.toString(16)}`), weight: 2 },
  { arbitrary: fc.nat(255).map((value) => `0${value.toString(8)}`), weight: 2 },
  fc.nat(2 ** 33).map(String),
  fc.nat(2 ** 33).map((value) => `0X${value.toString(16).toUpperCase()}`),
  fc.constantFrom('', '0', '00', '08', '0x', '0xg', '1e2', '-1', '+1', '1_0', ' 1', '1 ', '256', '0400'),
  fc.constantFrom(
    '65535',
    '65536',
    '16777215',
    '16777216',
    '4294967295',
    '4294967296',
    '99999999999999999999',
  ),
)
const tail = fc.oneof(
  { arbitrary: fc.constant(''), weight: 8 },
  fc.constantFrom(' ', '\t', '\n', ' x', 'x', '.', '\u00a0', 'é'),
)
const dotted = fc
  .tuple(fc.array(digits, { minLength: 1, maxLength: 5 }), tail)
  .map(([parts, end]) => parts.join('.') + end)

const group = fc.oneof(
  { arbitrary: fc.nat(0xffff).map((value) => value.toString(16)), weight: 12 },
  fc.constantFrom('', '0', '0000', '00000', 'FFFF', 'g', '1.2.3.4', '1.2.3', '01.2.3.4'),
)
const groups = (minLength: number, maxLength: number) =>
  fc.array(group, { minLength, maxLength }).map((list) => list.join(':'))
const colons = fc.oneof(groups(8, 8), groups(0, 9))
const gapped = fc.tuple(groups(0, 4), groups(0, 4)).map((sides) => sides.join('::'))

const text = fc.oneof(dotted, colons, gapped, fc.string({ maxLength: 12 }))
const word = fc.oneof(fc.constant(0), fc.constant(0), fc.constant(0xffff), fc.nat(0xffff))
const bytes16 = fc
  .array(word, { minLength: 8, maxLength: 8 })
  .map((words) => Buffer.from(Uint16Array.from(words).buffer))

test('inetAton, inetPton: the same texts are addresses, and the same addresses', async () => {
  await sameAsPython(
    fc.sample(text, SAMPLES).flatMap((given): Call[] => [
      ['inet_aton', given],
      ['inet_pton', AF_INET, given],
      ['inet_pton', AF_INET6, given],
    ]),
  )
})

test('inetNtoa, inetNtop: the same bytes have the same text', async () => {
  await sameAsPython([
    ...fc.sample(fc.uint8Array({ minLength: 3, maxLength: 5 }), 500).flatMap((given): Call[] => [
      ['inet_ntoa', given],
      ['inet_ntop', AF_INET, given],
    ]),
    ...fc.sample(bytes16, SAMPLES).map((given): Call => ['inet_ntop', AF_INET6, given]),
    ...fc
      .sample(fc.uint8Array({ minLength: 15, maxLength: 17 }), 500)
      .map((given): Call => ['inet_ntop', AF_INET6, given]),
  ])
})

test('what is no address, no family, no bytes', async () => {
  await sameAsPython([
    ['inet_pton', AF_UNIX, '127.0.0.1'],
    ['inet_pton', -1, '::1'],
    ['inet_pton', 'AF_INET', '::1'],
    ['inet_ntop', AF_UNIX, Buffer.alloc(4)],
    ['inet_ntop', AF_INET, '1234'],
    ['inet_ntoa', '1234'],
    ['inet_ntoa', null],
    ['inet_aton', null],
    ['inet_aton', 5],
    ['inet_aton', '1.2.3.4\0'],
    ['inet_pton', AF_INET, '1.2.3.4\0'],
  ])
})

test('any buffer or view of one will do', () => {
  const memory = Uint8Array.of(9, 127, 0, 0, 1, 9).buffer
  assert.equal(asynchronous.inetNtoa(new Uint8Array(memory, 1, 4)), '127.0.0.1')
  assert.equal(asynchronous.inetNtoa(new DataView(memory, 1, 4)), '127.0.0.1')
})

test('htons, ntohs, htonl, ntohl: the same numbers, and the same ones refused', async () => {
  const numbers = [
    ...[
      0,
      1,
      0x1234,
      0xfffe,
      0xffff,
      0x10000,
      0x12345678,
      0xfffffffe,
      0xffffffff,
      2 ** 32,
      2 ** 40,
      -1,
      -65536,
    ],
    ...fc.sample(fc.nat(0xffff), 500),
    ...fc.sample(fc.nat(0xffffffff), 500),
  ]
  const names = ['htons', 'ntohs', 'htonl', 'ntohl']
  await sameAsPython(numbers.flatMap((number) => names.map((name): Call => [name, number])))
  await sameAsPython(['1', null, 1.5, []].flatMap((value) => names.map((name): Call => [name, value])))
})

test('the functions that do not wait are the same ones in both forms', () => {
  const [first, second] = forms.map(({ library }) => library)
  for (const name of [
    ...(['htons', 'htonl', 'ntohs', 'ntohl', 'inetAton', 'inetNtoa', 'inetPton', 'inetNtop'] as const),
    ...(['gethostname', 'sethostname', 'ifNameindex', 'ifNametoindex', 'ifIndextoname'] as const),
  ]) {
    assert.equal(first![name], second![name], name)
  }
})
