// Names looked up: the same as Python's, without delaying anything else, and given up without a trace.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as asynchronous from 'berkeley'
import { forms, type Library } from './forms.ts'
import { MOST_THREADS } from './netdb/threads.ts'
import { inWorld } from './netdb/world.ts'

function script(name: string): URL {
  return new URL(`./netdb/${name}.js`, import.meta.url)
}

// Each in a world of its own, and mostly waiting.
describe('names', { concurrency: true }, () => {
  test('every function finds and refuses what Python does, in both forms, with every flag', async () => {
    const { calls, differences } = (await inWorld(script('parity'), 'answering')) as {
      calls: number
      differences: unknown[]
    }
    assert.ok(calls > 1000)
    assert.deepEqual(differences, [])
  })

  test('a hundred slow lookups do not delay the reading of a file', async () => {
    const { events, codes, threads, left } = (await inWorld(script('slow-lookups'), 'silent')) as {
      events: string[]
      codes: string[]
      threads: number
      left: string[]
    }
    assert.equal(events[0], 'file')
    assert.equal(events.length, 101)
    assert.deepEqual(new Set(codes), new Set(['EAI_AGAIN']))
    assert.equal(threads, MOST_THREADS)
    assert.deepEqual(left, [])
  })

  test('a lookup that is aborted or takes too long leaves nothing behind', async () => {
    const found = (await inWorld(script('given-up'), 'silent')) as { [name: string]: unknown }
    assert.deepEqual(found, {
      timedOut: ['TimeoutError connect ETIMEDOUT', 'TimeoutError connect ETIMEDOUT'],
      aborted: new Array(40).fill('not needed any more'),
      kept: [],
      reused: true,
      threads: MOST_THREADS,
      last: new Array(MOST_THREADS).fill('gaierror getaddrinfo EAI_AGAIN'),
      written: [],
      left: [],
    })
  })

  test('a worker can be terminated in the middle of its lookups, and the process can end', async () => {
    const { left, threads } = (await inWorld(script('terminated'), 'silent')) as {
      left: string[]
      threads: number
    }
    assert.deepEqual(left, [])
    assert.ok(threads > MOST_THREADS, 'lookups of two workers were under way at the end')
  })

  test('a name in the address of a socket is looked up for its family', async () => {
    await inWorld(script('resolution'), 'answering')
  })

  test('no argument whatsoever gives anything but a result or an error of the three kinds', async () => {
    await inWorld(script('hostile'), 'answering')
  })
})

const waiting: readonly (readonly [name: keyof Library, ...args: unknown[]])[] = [
  ['getaddrinfo', '127.0.0.1', 80],
  ['getaddrinfo', '127.0.0.1', 80, 0, 0, 0, 0],
  ['getnameinfo', ['127.0.0.1', 80]],
  ['getnameinfo', ['127.0.0.1', 80], 0],
  ['gethostbyname', 'localhost'],
  ['gethostbynameEx', 'localhost'],
  ['gethostbyaddr', '127.0.0.1'],
  ['getfqdn'],
  ['getfqdn', 'localhost'],
  ['getservbyname', 'http'],
  ['getservbyname', 'http', 'tcp'],
  ['getservbyport', 80],
  ['getservbyport', 80, 'tcp'],
  ['getprotobyname', 'tcp'],
]

test('every lookup takes { signal } as its last argument', async () => {
  const { library } = forms[0]!
  for (const [name, ...args] of waiting) {
    const lookUp = library[name] as (...args: unknown[]) => Promise<unknown>
    const signal = AbortSignal.abort('not now')
    await assert.rejects(lookUp(...args, { signal }), (reason) => reason === 'not now', name)
    assert.deepEqual(await lookUp(...args, { signal: new AbortController().signal }), await lookUp(...args))
    await assert.rejects(lookUp(...args, { signal: 5 }), {
      name: 'TypeError',
      message: `${name}(): signal must be an AbortSignal, got 5`,
    })
  }
})

test('errors say what was asked, and by which function', async () => {
  const expectations: readonly [call: () => Promise<unknown>, error: object][] = [
    [
      () => asynchronous.getaddrinfo('127.0.0.1.1', 80, 0, 0, 0, asynchronous.AI_NUMERICHOST),
      {
        name: 'gaierror',
        message: 'getaddrinfo EAI_NONAME 127.0.0.1.1: Name or service not known',
        code: 'EAI_NONAME',
        errno: asynchronous.EAI_NONAME,
        strerror: 'Name or service not known',
        syscall: 'getaddrinfo',
        address: '127.0.0.1.1',
        port: 80,
      },
    ],
    [
      () => asynchronous.getservbyname('no\u001bsuch', 'tcp'),
      {
        name: 'OSError',
        message: 'getservbyname: service/proto not found: no\\u001bsuch/tcp',
        code: 'ENOENT',
        syscall: 'getservbyname',
      },
    ],
    [
      () => asynchronous.getservbyport(65000),
      { name: 'OSError', message: 'getservbyport: port/proto not found: 65000' },
    ],
    [
      () => asynchronous.getprotobyname('x'),
      { name: 'OSError', message: 'getprotobyname: protocol not found: x' },
    ],
    [
      () => asynchronous.getaddrinfo('localhost', 70000),
      { name: 'RangeError', message: 'getaddrinfo(): port must be 0 to 65535, got 70000' },
    ],
    [
      () => asynchronous.gethostbyname(undefined as never),
      { name: 'TypeError', message: 'gethostbyname(): hostname must be a string or bytes, got undefined' },
    ],
    [
      () => asynchronous.getnameinfo(['127.0.0.1', 80, 0, 0]),
      { name: 'TypeError', message: /^getnameinfo\(\): address must be \[host, port\], got / },
    ],
  ]
  for (const [call, error] of expectations) await assert.rejects(call(), error)
})
