// Memory that lies about itself, shrinks, goes away or is enormous: an operation does what the memory really is, or
// says that it cannot; it never touches anything else.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AF_UNIX, OSError, SO_RCVTIMEO, SOCK_DGRAM, SOL_SOCKET, type Socket, socketpair } from 'berkeley'
import { forms } from './forms.ts'
import { enormous } from './nasty.ts'

type Pair = Socket<typeof AF_UNIX>

const MOST = 0x7ffff000
// Not known to the library of types that this is compiled with.
const GROWING = [{ maxByteLength: 16 }] as unknown as []

/** Says that it is of another size, and elsewhere. */
function liar(lie: unknown, size = 4): Uint8Array {
  const bytes = new Uint8Array(size)
  for (const property of ['length', 'byteLength', 'byteOffset'])
    Object.defineProperty(bytes, property, { value: lie })
  return bytes
}

class LyingBytes extends Uint8Array {
  override get length(): never {
    return 1000 as never
  }
  override get byteLength(): never {
    return 1000 as never
  }
  override get buffer(): never {
    return new ArrayBuffer(1000) as never
  }
}

const lies = [0, 3, 1000, 2 ** 40, -1, -5, 1.5, Number.NaN, '9', null, undefined, {}, 9n]
const disguised: [name: string, make: () => Uint8Array, size: number][] = [
  ...lies.map((lie): [string, () => Uint8Array, number] => [
    `says that its length is ${lie}`,
    () => liar(lie),
    4,
  ]),
  ['is of a lying class', () => new LyingBytes(4), 4],
  ['is of a lying class, and empty', () => new LyingBytes(0), 0],
  ['has no prototype', () => Object.setPrototypeOf(new Uint8Array(4), null), 4],
  [
    'is numbers with a false prototype',
    () => Object.setPrototypeOf(new Float64Array(2), Uint8Array.prototype),
    16,
  ],
  [
    'is a view with a false prototype',
    () => Object.setPrototypeOf(new DataView(new ArrayBuffer(4)), Uint8Array.prototype),
    4,
  ],
]

/** That a call works as with honest memory, or fails by name. */
async function assertHonest(call: () => unknown, size: number): Promise<void> {
  let result: unknown
  try {
    result = await call()
  } catch (error) {
    assert.ok(
      error instanceof TypeError || error instanceof RangeError || error instanceof OSError,
      `${error}`,
    )
    assert.match(error.message, /^\w+(\(\): [\w.]+ must be| E[A-Z]+)/)
    return
  }
  // To believe in less than there is does no harm.
  assert.ok(
    result === undefined || (typeof result === 'number' && result >= 0 && result <= size),
    `${result}`,
  )
}

async function withPair(
  library: (typeof forms)[number]['library'],
  use: (left: Pair, right: Pair) => unknown,
) {
  const [left, right] = library.socketpair(AF_UNIX, SOCK_DGRAM)
  try {
    left.settimeout(0)
    right.settimeout(0)
    await use(left, right)
  } finally {
    left.close()
    right.close()
  }
}

for (const { name: form, library } of forms) {
  describe(`${form}: memory that lies`, () => {
    for (const [name, make, size] of disguised) {
      test(`send of memory that ${name}`, () =>
        withPair(library, (left) => assertHonest(() => left.send(make()), size)))
      test(`sendmsg of memory that ${name}`, () =>
        withPair(library, (left) => assertHonest(() => left.sendmsg([make()]), size)))
      test(`recvInto memory that ${name}`, () =>
        withPair(library, async (left, right) => {
          await left.send(Buffer.alloc(100))
          await assertHonest(() => right.recvInto(make()), size)
        }))
      test(`an address and an option that ${name}`, () =>
        withPair(library, async (left) => {
          await assertHonest(() => left.bind(make()), 4)
          await assertHonest(() => left.bind({ family: AF_UNIX, bytes: make() }), 4)
          await assertHonest(() => left.setsockopt(SOL_SOCKET, SO_RCVTIMEO, make()), 4)
        }))
    }
  })

  describe(`${form}: memory that is shared`, () => {
    const shared: [name: string, make: () => SharedArrayBuffer][] = [
      ['shared', () => new SharedArrayBuffer(5)],
      ['growable', () => growable(new SharedArrayBuffer(3, ...GROWING))],
    ]
    for (const [name, make] of shared) {
      test(`${name} memory is as good as any`, () =>
        withPair(library, async (left, right) => {
          const memory = make()
          new Uint8Array(memory).set(Buffer.from('hello'))
          assert.equal(await left.send(memory), 5)
          assert.equal(await left.send(new DataView(memory, 1, 2)), 2)
          assert.equal(`${await right.recv(10)}`, 'hello')
          assert.equal(await right.recvInto(memory), 2)
          assert.equal(Buffer.from(memory).toString(), 'elllo')
        }))
    }
  })

  describe(`${form}: three gibibytes`, () => {
    const enormousCalls: [name: string, call: (left: Pair, right: Pair) => unknown, code: string | null][] = [
      ['send', (left) => left.send(enormous), 'EMSGSIZE'],
      ['sendall', (left) => left.sendall(enormous), 'EMSGSIZE'],
      ['sendmsg', (left) => left.sendmsg([enormous, enormous]), 'EMSGSIZE'],
      ['setsockopt', (left) => left.setsockopt(SOL_SOCKET, SO_RCVTIMEO, enormous), 'EINVAL'],
      ['recv', (_left, right) => right.recv(MOST), 'EAGAIN'],
      ['recvInto', (_left, right) => right.recvInto(enormous), 'EAGAIN'],
      ['recvInto, counted', (_left, right) => right.recvInto(enormous, MOST), 'EAGAIN'],
      ['recvmsg', (_left, right) => right.recvmsg(MOST, MOST), 'EAGAIN'],
      ['recvmsgInto', (_left, right) => right.recvmsgInto([enormous, enormous]), 'EAGAIN'],
      ['inetNtoa', () => library.inetNtoa(enormous), 'EINVAL'],
      ['inetNtop', () => library.inetNtop(2, enormous), 'ERR_OUT_OF_RANGE'],
      ['sendFds', (left) => library.sendFds(left, [enormous], []), 'EMSGSIZE'],
    ]
    for (const [name, call, code] of enormousCalls) {
      test(name, () =>
        withPair(library, async (left, right) => {
          const [said] = await Promise.allSettled([(async () => call(left, right))()])
          assert.equal(said.status === 'rejected' ? said.reason.code : null, code)
        }),
      )
    }

    test('a stream takes what it has room for', async () => {
      const [left, right] = library.socketpair()
      left.settimeout(0)
      const count = await left.send(enormous)
      assert.ok(count > 0 && count < MOST)
      assert.equal((await right.recv(MOST)).length, count)
      left.close()
      right.close()
    })
  })
}

function growable(memory: SharedArrayBuffer): SharedArrayBuffer {
  ;(memory as unknown as { grow(size: number): void }).grow(5)
  return memory
}

describe('memory that goes away while an operation waits', () => {
  const LEFT = 2

  function resizable(): { memory: ArrayBuffer; shrink: () => void } {
    const memory = new ArrayBuffer(8, ...GROWING)
    return { memory, shrink: () => (memory as unknown as { resize(size: number): void }).resize(LEFT) }
  }

  function transferable(): { memory: ArrayBuffer; shrink: () => void } {
    const memory = new ArrayBuffer(8)
    return { memory, shrink: () => void structuredClone(memory, { transfer: [memory] }) }
  }

  const receivers: [name: string, call: (socket: Pair, memory: ArrayBuffer) => Promise<unknown>][] = [
    ['recvInto', (socket, memory) => socket.recvInto(memory)],
    ['recvInto', (socket, memory) => socket.recvInto(new Uint8Array(memory))],
    ['recvInto', (socket, memory) => socket.recvInto(new Uint8Array(memory, 4, 4))],
    ['recvfromInto', (socket, memory) => socket.recvfromInto(new DataView(memory))],
    ['recvmsgInto', (socket, memory) => socket.recvmsgInto([new Uint8Array(memory)])],
  ]
  const senders: typeof receivers = [
    ['send', (socket, memory) => socket.send(memory)],
    ['sendall', (socket, memory) => socket.sendall(new Uint8Array(memory))],
    ['sendmsg', (socket, memory) => socket.sendmsg([memory])],
  ]

  /** A failure by name; or, if some memory is left, that this was made use of. */
  async function endsHonestly(operation: Promise<unknown>, name: string, left: number): Promise<boolean> {
    const [{ status, ...said }] = await Promise.allSettled([operation])
    if (status === 'fulfilled') {
      const count = [(said as { value: unknown }).value].flat()[0] as number
      assert.ok(count > 0 && count <= left, `it says ${count}`)
      return true
    }
    const { reason } = said as { reason: Error & { code?: string } }
    assert.ok(reason instanceof TypeError || reason instanceof OSError, `${reason}`)
    assert.match(reason.message, new RegExp(`^${name}(\\(\\): | E[A-Z]+)`))
    return false
  }

  for (const [how, make, size] of [
    ['shrinks', resizable, LEFT],
    ['is transferred', transferable, 0],
  ] as const) {
    for (const [index, [name, call]] of receivers.entries()) {
      test(`${name} (${index}), memory that ${how}`, async () => {
        const [left, right] = socketpair()
        const { memory, shrink } = make()
        const ended = endsHonestly(call(right, memory), name, size)
        const next = right.recv(5)
        shrink()
        await left.send('hello')
        assert.equal(`${await next}`, (await ended) ? 'llo' : 'hello')
        left.close()
        right.close()
      })
    }

    for (const [name, call] of senders) {
      test(`${name}, memory that ${how}`, async () => {
        const [left, right] = socketpair()
        left.settimeout(0)
        while (await left.send(Buffer.alloc(65536)).catch(() => 0));
        left.settimeout(null)
        const { memory, shrink } = make()
        const ended = endsHonestly(call(left, memory), name, size)
        shrink()
        right.settimeout(0)
        while ((await right.recv(2 ** 20).catch(() => '')).length > 0);
        await ended
        assert.equal(await left.send('hello'), 5)
        left.close()
        right.close()
      })
    }
  }

  test('the memory of what was received is given away', async () => {
    const [left, right] = socketpair()
    for (let round = 0; round < 100; round++) {
      await left.send(`hello ${round}`)
      const data = await right.recv(100)
      assert.equal(`${data}`, `hello ${round}`)
      try {
        structuredClone(data.buffer, { transfer: [data.buffer as ArrayBuffer] })
      } catch {
        // It belongs to more than this piece: to refuse is right as well.
      }
    }
    left.close()
    right.close()
  })
})
