// berkeley/select and berkeley/blocking/select: select() and poll(). epoll() is in epoll.test.ts.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { getEventListeners } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { MSG_OOB, SHUT_WR, Socket, socketpair } from 'berkeley'
import { POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT, POLLPRI, POLLRDHUP } from 'berkeley/select'
import { leavesNothingOpen } from './descriptors.ts'
import {
  async_,
  begin,
  type Form,
  forms,
  highDescriptor,
  selectorNames,
  startThread,
  stopThread,
} from './multiplexers.ts'
import { packageRoot } from './package-root.ts'
import { type Scope, socketTest } from './scope.ts'
import { childOutput, closing, drain, file, fill, pair, pipe, situations, tcpPair } from './situations.ts'

/** Not open: above all limits. */
const NOT_OPEN = 1 << 20

before(async () => {
  await startThread()
  // What stays open from then on: the event loop's own epoll descriptor.
  const [left, right] = socketpair()
  await assert.rejects(left.recv(1, { flags: 0, signal: AbortSignal.timeout(1) }))
  left.close()
  right.close()
})
after(stopThread)

async function elapsed(call: () => unknown): Promise<number> {
  const start = performance.now()
  await call()
  return performance.now() - start
}

// A closed socket, a negative number, no descriptor at all.
function wrongDescriptors(): [unknown, typeof TypeError | typeof RangeError][] {
  const closed = new Socket()
  closed.close()
  return [
    [closed, RangeError],
    [-1, RangeError],
    [2 ** 31, RangeError],
    [1.5, TypeError],
    ['1', TypeError],
    [null, TypeError],
    [{}, TypeError],
    [{ fileno: () => 'one' }, TypeError],
    [undefined, TypeError],
  ]
}

const wrongTimeouts: [unknown, typeof TypeError | typeof RangeError][] = [
  ['1', TypeError],
  [Number.NaN, RangeError],
  [Number.POSITIVE_INFINITY, RangeError],
  [1e30, RangeError],
  [true, TypeError],
]

for (const form of forms) {
  const { select, poll } = form.select

  describe(`select, ${form.name}`, () => {
    socketTest('gives back the objects that it was given, in their order', async (t) => {
      const [left, right] = pair(t)
      await right.send('hello')
      const object = { fileno: () => left.fileno() }
      const stream = { fd: left.fileno() }
      const all = [left, left.fileno(), right, object, stream, left]
      const [r, w, x] = await select(all, new Set([right, left]), [left], 0)
      assert.equal(r.length, 5)
      assert.ok([left, left.fileno(), object, stream, left].every((one, index) => r[index] === one))
      assert.ok(w[0] === right && w[1] === left && w.length === 2)
      assert.deepEqual(x, [])
    })

    socketTest('gives nothing when the time is over, and not before', async (t) => {
      const [left] = pair(t)
      assert.deepEqual(await select([left], [], [], 0), [[], [], []])
      for (const seconds of [0.0001, 0.0123, 0.03]) {
        const took = await elapsed(async () => {
          assert.deepEqual(await select([left], [], [left], seconds), [[], [], []])
        })
        assert.ok(took >= seconds * 1000, `${took} ms`)
      }
      assert.deepEqual(await select([], [], [], 0.001), [[], [], []])
    })

    for (const limit of [null, 60]) {
      socketTest(`waits for data, limit ${limit}`, async (t) => {
        const [left, right] = pair(t)
        const { waiting, result } = begin(form, 'select', [left.fileno()], [], [left.fileno()], limit)
        await waiting
        await right.send('hello')
        assert.deepEqual(await result, [[left.fileno()], [], []])
      })
    }

    socketTest('waits for room', async (t) => {
      const [left, right] = pair(t)
      const length = await fill(left)
      const { waiting, result } = begin(form, 'select', [left.fileno()], [left.fileno()], [], null)
      await waiting
      await drain(right, length)
      assert.deepEqual(await result, [[], [left.fileno()], []])
    })

    socketTest('waits for urgent data', async (t) => {
      const [left, right] = await tcpPair(t)
      const { waiting, result } = begin(form, 'select', [], [], [left.fileno()], null)
      await waiting
      await right.send('!', MSG_OOB)
      assert.deepEqual(await result, [[], [], [left.fileno()]])
    })

    socketTest('waits for a child process', async (t) => {
      const child = await childOutput(t)
      const { waiting, result } = begin(form, 'select', [child.fd], [], [], null)
      await waiting
      child.write()
      assert.deepEqual(await result, [[child.fd], [], []])
    })

    socketTest('waits for the end of a pipe', async (t) => {
      const { reader, writer } = pipe(t)
      const { waiting, result } = begin(form, 'select', [reader.fd], [], [], null)
      await waiting
      writer.close()
      assert.deepEqual(await result, [[reader.fd], [], []])
    })

    // poll(2) tells of it whether asked or not, select(2) does not.
    socketTest('who has hung up ends no wait for anything else', async (t) => {
      const { reader, writer } = pipe(t)
      writer.close()
      const [left, right] = pair(t)
      const { waiting, result } = begin(form, 'select', [left.fileno()], [reader.fd], [reader.fd], null)
      await waiting
      const before = process.cpuUsage()
      assert.deepEqual(await select([], [reader.fd], [reader.fd], 0.1), [[], [], []])
      const { user, system } = process.cpuUsage(before)
      assert.ok(user + system < 80_000, `${user + system} µs of CPU for waiting 100 ms`)
      await right.send('hello')
      assert.deepEqual(await result, [[left.fileno()], [], []])
    })

    socketTest('takes descriptors above 1023, and a thousand at once', async (t) => {
      const pairs = Array.from({ length: 500 }, () => pair(t))
      const all = pairs.flat().map((socket) => socket.fileno())
      const [left, right] = pairs[499]!
      const high = closing(t, highDescriptor(left.fileno(), 1100))
      const { waiting, result } = begin(form, 'select', [...all, high.fd], [], [], null)
      await waiting
      await right.send('hello')
      assert.deepEqual(await result, [[left.fileno(), high.fd], [], []])
      assert.equal((await select([], all, [], null))[1].length, 1000)
    })

    socketTest('a regular file is always ready', async (t) => {
      const fd = file(t, 'r')
      assert.deepEqual(await select([fd], [fd], [fd]), [[fd], [fd], []])
      assert.deepEqual(await select([], [], [fd], 0.001), [[], [], []])
    })

    socketTest('a descriptor that is not open: EBADF', async (t) => {
      const [left] = pair(t)
      for (const lists of [0, 1, 2].map((at) =>
        [[left], [left], [left]].with(at, [left, NOT_OPEN as never]),
      )) {
        const [r, w, x] = lists as [Socket[], Socket[], Socket[]]
        await assert.rejects(async () => select(r, w, x), {
          name: 'OSError',
          code: 'EBADF',
          syscall: 'select',
        })
      }
    })

    socketTest('refuses wrong arguments', async () => {
      for (const [wrong, kind] of wrongDescriptors()) {
        for (const [at, name] of ['rlist', 'wlist', 'xlist'].entries()) {
          const [r, w, x] = [[], [], []].with(at, [wrong as never])
          const error = await rejection(() => select(r!, w!, x!, 0))
          assert.ok(error instanceof kind, `${error}`)
          assert.match(error.message, new RegExp(`^select\\(\\): ${name} must be `))
        }
      }
      for (const [wrong, kind] of [
        ...wrongTimeouts,
        [-1, RangeError],
        [-1e-9, RangeError],
      ] as typeof wrongTimeouts) {
        const error = await rejection(() => select([], [], [], wrong as number))
        assert.ok(error instanceof kind, `${error}`)
        assert.match(error.message, /^select\(\): timeout must be /)
      }
      for (const wrong of [1, null, undefined, 'list']) {
        assert.ok((await rejection(() => select(wrong as never, [], [], 0))) instanceof TypeError)
      }
    })
  })

  describe(`poll, ${form.name}`, () => {
    socketTest('tells what happened, by descriptor', async (t) => {
      const [left, right] = pair(t)
      await right.send('hello')
      const poller = poll()
      assert.ok(poller instanceof poll)
      assert.ok(new poll() instanceof poll)
      poller.register(left)
      poller.register(right.fileno(), POLLIN)
      assert.deepEqual(await poller.poll(), [[left.fileno(), POLLIN | POLLOUT]])
      poller.register(right, POLLOUT) // Again: the new mask.
      poller.modify(left, POLLIN)
      assert.deepEqual(await poller.poll(null), [
        [left.fileno(), POLLIN],
        [right.fileno(), POLLOUT],
      ])
      poller.unregister(left)
      assert.deepEqual(await poller.poll(-1), [[right.fileno(), POLLOUT]])
    })

    socketTest('waits, in milliseconds', async (t) => {
      const [left, right] = pair(t)
      const poller = poll()
      poller.register(left, POLLIN)
      assert.deepEqual(await poller.poll(0), [])
      for (const milliseconds of [0.1, 12.3, 30]) {
        const took = await elapsed(async () => assert.deepEqual(await poller.poll(milliseconds), []))
        assert.ok(took >= milliseconds, `${took} ms`)
      }
      const { waiting, result } = begin(form, 'poll', [[left.fileno(), POLLIN]], -1)
      await waiting
      await right.send('hello')
      assert.deepEqual(await result, [[left.fileno(), POLLIN]])
    })

    const ends: [string, number, (t: Scope) => Promise<{ fd: number; act(): unknown; events: number }>][] = [
      [
        'HUP',
        POLLIN,
        async (t) => {
          const { reader, writer } = pipe(t)
          return { fd: reader.fd, act: () => writer.close(), events: POLLHUP }
        },
      ],
      [
        'ERR',
        0,
        async (t) => {
          const { reader, writer } = pipe(t)
          return { fd: writer.fd, act: () => reader.close(), events: POLLERR }
        },
      ],
      [
        'RDHUP',
        POLLRDHUP,
        async (t) => {
          const [left, right] = await tcpPair(t)
          return { fd: left.fileno(), act: () => right.shutdown(SHUT_WR), events: POLLRDHUP }
        },
      ],
      [
        'PRI',
        POLLPRI,
        async (t) => {
          const [left, right] = await tcpPair(t)
          return { fd: left.fileno(), act: () => right.send('!', MSG_OOB), events: POLLPRI }
        },
      ],
    ]
    for (const [name, mask, make] of ends) {
      socketTest(`waits for ${name}`, async (t) => {
        const { fd, act, events } = await make(t)
        const { waiting, result } = begin(form, 'poll', [[fd, mask]], null)
        await waiting
        await act()
        assert.deepEqual(await result, [[fd, events]])
      })
    }

    socketTest('a descriptor that is not open: POLLNVAL', async (t) => {
      const [left] = pair(t)
      const poller = poll()
      poller.register(NOT_OPEN, 0)
      poller.register(left, POLLIN)
      assert.deepEqual(await poller.poll(null), [[NOT_OPEN, POLLNVAL]])
    })

    socketTest('a regular file is always ready, for what it is asked about', async (t) => {
      const poller = poll()
      const fd = file(t, 'r')
      poller.register(fd)
      assert.deepEqual(await poller.poll(), [[fd, POLLIN | POLLOUT]])
      poller.modify(fd, POLLPRI)
      assert.deepEqual(await poller.poll(1), [])
    })

    socketTest('a terminal', async (t) => {
      const master = openSync('/dev/ptmx', 'r+')
      t.after(() => closeSync(master))
      const poller = poll()
      poller.register(master, POLLOUT)
      assert.equal((await poller.poll())[0]![1] & POLLOUT, POLLOUT)
    })

    socketTest('refuses wrong arguments', async (t) => {
      const poller = poll()
      const [left] = pair(t)
      for (const [wrong, kind] of wrongDescriptors()) {
        for (const method of ['register', 'modify', 'unregister'] as const) {
          assert.throws(() => poller[method](wrong as never, 1), {
            name: kind.name,
            message: new RegExp(`^${method}\\(\\): fd must be `),
          })
        }
      }
      for (const [wrong, name] of [
        [-1, 'RangeError'],
        [65536, 'RangeError'],
        ['1', 'TypeError'],
        [0.5, 'TypeError'],
      ]) {
        for (const method of ['register', 'modify'] as const)
          assert.throws(() => poller[method](left, wrong as number), {
            name: name as string,
            message: /eventmask/,
          })
      }
      assert.throws(() => poller.modify(left, POLLIN), { name: 'FileNotFoundError', code: 'ENOENT' })
      assert.throws(() => poller.unregister(left), { name: 'RangeError', message: /registered/ })
      for (const [wrong, kind] of wrongTimeouts) {
        const error = await rejection(() => poller.poll(wrong as number))
        assert.ok(error instanceof kind, `${error}`)
      }
    })
  })
}

async function rejection(call: () => unknown): Promise<Error> {
  try {
    await call()
  } catch (error) {
    return error as Error
  }
  throw new assert.AssertionError({ message: 'it was not refused' })
}

describe('select and poll, as promises', () => {
  const { select, poll } = async_.select
  type Waiter = (options: { signal?: AbortSignal }, limit?: number) => Promise<unknown>

  const waiters: [name: string, (t: Scope) => { wait: Waiter; wake(): Promise<unknown> }][] = [
    [
      'select',
      (t) => {
        const [left, right] = pair(t)
        return {
          wait: (options, limit) =>
            limit === undefined ? select([left], [], [], options) : select([left], [], [], limit, options),
          wake: () => right.send('hello'),
        }
      },
    ],
    [
      'poll',
      (t) => {
        const [left, right] = pair(t)
        const poller = poll()
        poller.register(left, POLLIN)
        return {
          wait: (options, limit) =>
            limit === undefined ? poller.poll(options) : poller.poll(limit * 1000, options),
          wake: () => right.send('hello'),
        }
      },
    ],
  ]

  for (const [name, make] of waiters) {
    for (const limit of [undefined, 3600]) {
      socketTest(`${name}: a signal ends it and leaves nothing, limit ${limit}`, async (t) => {
        const { wait, wake } = make(t)
        const resources = process.getActiveResourcesInfo()
        const controller = new AbortController()
        const { signal } = controller
        await leavesNothingOpen(async () => {
          const waiting = wait({ signal }, limit)
          setImmediate(() => controller.abort('enough'))
          await assert.rejects(waiting, (reason) => reason === 'enough')
          await assert.rejects(wait({ signal }, limit), (reason) => reason === 'enough')
        })
        assert.deepEqual(getEventListeners(signal, 'abort'), [])
        assert.deepEqual(process.getActiveResourcesInfo(), resources)
        await wake()
        await wait({}, limit)
      })
    }

    socketTest(`${name}: a signal that is not used is let go`, async (t) => {
      const { wait, wake } = make(t)
      const { signal } = new AbortController()
      const waiting = wait({ signal }, 3600)
      await wake()
      await waiting
      assert.deepEqual(getEventListeners(signal, 'abort'), [])
      await assert.rejects(wait({ signal: 'no signal' as never }), { name: 'TypeError', message: /signal/ })
    })
  }

  socketTest('the shorter of two limits is over first', async (t) => {
    const [left] = pair(t)
    const order: string[] = []
    await Promise.all([
      select([left], [], [], 0.05).then(() => order.push('long')),
      select([left], [], [], 0.01).then(() => order.push('short')),
    ])
    assert.deepEqual(order, ['short', 'long'])
  })

  socketTest('fifty wait for the same descriptor, and the socket is used beside', async (t) => {
    const [left, right] = pair(t)
    const received = left.recv(10, { flags: 0 })
    const waiting = Array.from({ length: 50 }, () => select([left], [], [], null))
    await new Promise(setImmediate)
    await right.send('hello')
    assert.equal(`${await received}`, 'hello')
    await right.send('again')
    for (const [r] of await Promise.all(waiting)) assert.deepEqual(r, [left])
  })

  // The kernel counts the ways on which a descriptor wakes epoll descriptors that are in others.
  socketTest(
    'too many wait for the same descriptor: the last get EINVAL, the others what they wait for',
    async (t) => {
      const [left, right] = pair(t)
      const waiting = Array.from({ length: 150 }, () => select([left], [], [], null))
      const settled = Promise.allSettled(waiting)
      await new Promise(setImmediate)
      await right.send('hello')
      const results = await settled
      const failed = results.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))
      assert.deepEqual([...new Set(failed)], ['EINVAL'])
      assert.ok(failed.length <= 50, `${failed.length}`)
    },
  )

  socketTest('who is always ready does not own the loop', async (t) => {
    const [left] = pair(t)
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    while (turns < 3) await select([], [left], [], null)
    while (turns < 6) await select([left], [], [], 0)
    clearInterval(timer)
  })

  socketTest('waiting needs no CPU', async (t) => {
    const [left] = pair(t)
    await select([left], [], [], 0.01)
    const before = process.cpuUsage()
    await select([left], [], [left], 0.3)
    const { user, system } = process.cpuUsage(before)
    assert.ok(user + system < 100_000, `${user + system} µs`)
  })
})

describe('a thread that is terminated while it waits', () => {
  const waits = {
    async: `
      import { epoll, poll, select } from 'berkeley/select'
      const poller = epoll()
      poller.register(left)
      for (let i = 0; i < 5; i++) {
        select([left], [], [], 3600)
        poller.poll()
      }
      setImmediate(() => parentPort.postMessage('waiting'))`,
    blocking: `
      import { select } from 'berkeley/blocking/select'
      parentPort.postMessage('waiting')
      select([left], [], [])`,
  }
  for (const [name, program] of Object.entries(waits)) {
    test(name, () =>
      leavesNothingOpen(async () => {
        const [left, right] = socketpair()
        const code = `import { parentPort, workerData as left } from 'node:worker_threads'\n${program}`
        // A module that is data has no place from where to look for packages.
        const resolved = code.replace(/'(berkeley[^']*)'/g, (_, module) => `'${import.meta.resolve(module)}'`)
        const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(resolved)}`), {
          workerData: left.fileno(),
        })
        await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
        await worker.terminate()
        left.close()
        right.close()
      }),
    )
  }
})

describe('the same as python3 says', () => {
  const program = join(packageRoot, 'test/python/multiplexers.py')
  const EVERYTHING = POLLIN | POLLPRI | POLLOUT | POLLRDHUP

  async function ours({ select, selectors }: Form, fd: number): Promise<Record<string, unknown>> {
    const orName = async (ask: () => unknown): Promise<unknown> => {
      try {
        return await ask()
      } catch (error) {
        return (error as Error).name
      }
    }
    const events = (pairs: [unknown, number][]) => pairs.map(([, happened]) => happened)
    const polled = (make: typeof select.poll | typeof select.epoll, mask: number) =>
      orName(async () => {
        const poller = make()
        try {
          poller.register(fd, mask)
          return events(await poller.poll(0))
        } finally {
          if ('close' in poller) poller.close()
        }
      })
    const said: Record<string, unknown> = {
      select: (await select.select([fd], [fd], [fd], 0)).map(({ length }) => length),
      poll: await polled(select.poll, EVERYTHING),
      'poll for nothing': await polled(select.poll, 0),
      epoll: await polled(select.epoll, EVERYTHING),
      'epoll for nothing': await polled(select.epoll, 0),
    }
    for (const name of selectorNames)
      for (const wanted of [1, 2, 3])
        said[`${name} ${wanted}`] = await orName(async () => {
          using selector = new selectors[name]()
          selector.register(fd, wanted)
          return events(await selector.select(0))
        })
    return said
  }

  for (const [name, make] of Object.entries(situations)) {
    socketTest(name, async (t) => {
      const fd = await make(t)
      const { status, stdout, stderr } = spawnSync('python3', [program], {
        stdio: ['ignore', 'pipe', 'pipe', fd],
        encoding: 'utf8',
      })
      assert.equal(status, 0, stderr)
      const python = JSON.parse(stdout)
      for (const form of forms) assert.deepEqual(await ours(form, fd), python, form.name)
    })
  }
})
