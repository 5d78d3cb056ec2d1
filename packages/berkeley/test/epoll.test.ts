// berkeley/select and berkeley/blocking/select: epoll().
import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { after, before, describe } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { dup, MSG_OOB, SHUT_WR, Socket, socketpair } from 'berkeley'
import {
  EPOLL_CLOEXEC,
  EPOLLERR,
  EPOLLET,
  EPOLLEXCLUSIVE,
  EPOLLHUP,
  EPOLLIN,
  EPOLLONESHOT,
  EPOLLOUT,
  EPOLLPRI,
  EPOLLRDHUP,
  EPOLLWAKEUP,
} from 'berkeley/select'
import { descriptors, leavesNothingOpen } from './descriptors.ts'
import { async_, begin, forms, highDescriptor, startThread, stopThread } from './multiplexers.ts'
import { socketTest } from './scope.ts'
import { childOutput, closing, drain, file, fill, pair, pipe, tcpPair } from './situations.ts'

before(async () => {
  await startThread()
  // What stays open from then on: the event loop's own epoll descriptor.
  const [left, right] = socketpair()
  await assert.rejects(left.recv(1, { flags: 0, signal: AbortSignal.timeout(1) }))
  left.close()
  right.close()
})
after(stopThread)

for (const form of forms) {
  const { epoll } = form.select

  describe(`epoll, ${form.name}`, () => {
    socketTest('tells what is ready, by descriptor', async (t) => {
      const [left, right] = pair(t)
      const poller = closing(t, epoll())
      poller.register(left)
      poller.register(right.fileno(), EPOLLIN)
      assert.deepEqual(await poller.poll(), [[left.fileno(), EPOLLOUT]])
      await right.send('hello')
      assert.deepEqual(await poller.poll(null), [[left.fileno(), EPOLLIN | EPOLLOUT]])
      poller.modify(right, EPOLLOUT)
      poller.modify(left, EPOLLIN)
      assert.deepEqual((await poller.poll(-1)).sort(), [
        [left.fileno(), EPOLLIN],
        [right.fileno(), EPOLLOUT],
      ])
      poller.unregister(left)
      assert.deepEqual(await poller.poll(0), [[right.fileno(), EPOLLOUT]])
      poller.unregister(right)
      assert.deepEqual(await poller.poll(0), [])
    })

    socketTest('is made with and without new, and closed once', async (t) => {
      const poller = closing(t, epoll(-1, EPOLL_CLOEXEC))
      const other = closing(t, new epoll(1))
      assert.ok(poller instanceof epoll && other instanceof epoll)
      class Mine extends epoll {}
      const mine = closing(t, new Mine())
      assert.ok(mine instanceof Mine)
      assert.equal(poller.closed, false)
      assert.ok(poller.fileno() >= 0)
      assert.ok(descriptors().includes(`${poller.fileno()} -> anon_inode:[eventpoll]`))
      poller.close()
      poller.close()
      assert.equal(poller.closed, true)
      {
        using disposed = epoll()
        assert.equal(disposed.closed, false)
      }
    })

    socketTest('a closed one refuses everything', async (t) => {
      const [left] = pair(t)
      const poller = epoll()
      poller.close()
      const refused = { name: 'RangeError', message: /closed/ }
      assert.throws(() => poller.fileno(), refused)
      assert.throws(() => poller.register(left), refused)
      assert.throws(() => poller.modify(left, EPOLLIN), refused)
      assert.throws(() => poller.unregister(left), refused)
      await assert.rejects(async () => poller.poll(0), refused)
    })

    socketTest('fromfd takes an epoll descriptor over', async (t) => {
      const [left] = pair(t)
      const first = closing(t, epoll())
      first.register(left, EPOLLOUT)
      const second = epoll.fromfd(dup(first.fileno()))
      assert.ok(second instanceof epoll)
      assert.deepEqual(await second.poll(0), [[left.fileno(), EPOLLOUT]])
      second.close()
      assert.deepEqual(await first.poll(0), [[left.fileno(), EPOLLOUT]])
      assert.throws(() => epoll.fromfd(1 << 20), { code: 'EBADF' })
      assert.throws(() => epoll.fromfd(-1), { name: 'RangeError' })
    })

    socketTest('gives nothing when the time is over, and not before', async (t) => {
      const [left] = pair(t)
      const poller = closing(t, epoll())
      poller.register(left, EPOLLIN)
      for (const seconds of [0.0001, 0.0123, 0.03]) {
        const start = performance.now()
        assert.deepEqual(await poller.poll(seconds), [])
        assert.ok(performance.now() - start >= seconds * 1000)
      }
    })

    for (const limit of [null, -1, 60]) {
      socketTest(`waits, limit ${limit}`, async (t) => {
        const [left, right] = pair(t)
        const poller = closing(t, epoll())
        poller.register(left, EPOLLIN)
        const { waiting, result } = begin(form, 'epoll', poller.fileno(), limit)
        await waiting
        await right.send('hello')
        assert.deepEqual(await result, [[left.fileno(), EPOLLIN]])
        assert.deepEqual(await poller.poll(), [[left.fileno(), EPOLLIN]])
      })
    }

    socketTest('waits for room, ends, errors, urgent data and a child', async (t) => {
      const poller = closing(t, epoll())
      const wakes = async (fd: number, mask: number, act: () => unknown, events: number): Promise<void> => {
        poller.register(fd, mask)
        const { waiting, result } = begin(form, 'epoll', poller.fileno(), null)
        await waiting
        await act()
        assert.deepEqual(await result, [[fd, events]])
        poller.unregister(fd)
      }
      const [left, right] = pair(t)
      const length = await fill(left)
      await wakes(left.fileno(), EPOLLOUT, () => drain(right, length), EPOLLOUT)
      const { reader, writer } = pipe(t)
      await wakes(reader.fd, EPOLLIN, () => writer.close(), EPOLLHUP)
      const other = pipe(t)
      await wakes(other.writer.fd, 0, () => other.reader.close(), EPOLLERR)
      const [one, two] = await tcpPair(t)
      await wakes(one.fileno(), EPOLLPRI, () => two.send('!', MSG_OOB), EPOLLPRI)
      await wakes(one.fileno(), EPOLLRDHUP, () => two.shutdown(SHUT_WR), EPOLLRDHUP)
      const child = await childOutput(t)
      await wakes(child.fd, EPOLLIN, () => child.write(), EPOLLIN)
    })

    socketTest('level-triggered: what stays ready is told again and again', async (t) => {
      const [left, right] = pair(t)
      const poller = closing(t, epoll())
      poller.register(left, EPOLLIN)
      await right.send('hello')
      for (let i = 0; i < 50; i++) assert.deepEqual(await poller.poll(), [[left.fileno(), EPOLLIN]])
      await left.recv(3)
      assert.deepEqual(await poller.poll(), [[left.fileno(), EPOLLIN]])
      await left.recv(3)
      const { waiting, result } = begin(form, 'epoll', poller.fileno(), null)
      await waiting
      await right.send('again')
      assert.deepEqual(await result, [[left.fileno(), EPOLLIN]])
    })

    socketTest('EPOLLET: each change is told once', async (t) => {
      const [left, right] = pair(t)
      const poller = closing(t, epoll())
      poller.register(left, EPOLLIN | EPOLLET)
      for (let i = 0; i < 3; i++) {
        const { waiting, result } = begin(form, 'epoll', poller.fileno(), null)
        await waiting
        await right.send('hello')
        assert.deepEqual(await result, [[left.fileno(), EPOLLIN]])
        assert.deepEqual(await poller.poll(0.001), [])
      }
    })

    socketTest('EPOLLONESHOT: told once, until it is modified', async (t) => {
      const [left, right] = pair(t)
      const poller = closing(t, epoll())
      poller.register(left, EPOLLIN | EPOLLONESHOT)
      await right.send('hello')
      assert.deepEqual(await poller.poll(), [[left.fileno(), EPOLLIN]])
      await right.send('hello')
      assert.deepEqual(await poller.poll(0.001), [])
      const { waiting, result } = begin(form, 'epoll', poller.fileno(), null)
      await waiting
      poller.modify(left, EPOLLIN | EPOLLONESHOT)
      assert.deepEqual(await result, [[left.fileno(), EPOLLIN]])
    })

    socketTest('EPOLLEXCLUSIVE', async (t) => {
      const [left, right] = pair(t)
      const pollers = [closing(t, epoll()), closing(t, epoll())]
      for (const poller of pollers) poller.register(left, EPOLLIN | EPOLLEXCLUSIVE)
      assert.throws(() => pollers[0]!.modify(left, EPOLLIN), { code: 'EINVAL' })
      const { waiting, result } = begin(form, 'epoll', pollers[0]!.fileno(), null)
      await waiting
      await right.send('hello')
      assert.deepEqual(await result, [[left.fileno(), EPOLLIN]])
    })

    socketTest('what is registered, modified and unregistered while it waits counts at once', async (t) => {
      const [left, right] = pair(t)
      const poller = closing(t, epoll())
      const begun = () => begin(form, 'epoll', poller.fileno(), null)
      let { waiting, result } = begun()
      await waiting
      poller.register(left, EPOLLOUT)
      assert.deepEqual(await result, [[left.fileno(), EPOLLOUT]])

      poller.modify(left, EPOLLIN)
      ;({ waiting, result } = begun())
      await waiting
      poller.modify(left, EPOLLOUT)
      assert.deepEqual(await result, [[left.fileno(), EPOLLOUT]])

      poller.modify(left, EPOLLIN)
      ;({ waiting, result } = begun())
      await waiting
      poller.unregister(left)
      await right.send('hello')
      poller.register(right, EPOLLOUT)
      assert.deepEqual(await result, [[right.fileno(), EPOLLOUT]])
    })

    socketTest('tells at most maxevents, and the others next', async (t) => {
      const poller = closing(t, epoll())
      const all = Array.from({ length: 5 }, () => pair(t)[0])
      for (const socket of all) poller.register(socket, EPOLLOUT)
      const seen = new Set<number>()
      for (let i = 0; i < 5; i++) {
        const events = await poller.poll(0, 1)
        assert.equal(events.length, 1)
        seen.add(events[0]![0])
      }
      assert.equal(seen.size, 5)
      assert.equal((await poller.poll(0, 3)).length, 3)
      assert.equal((await poller.poll(0, 2 ** 31 - 1)).length, 5)
    })

    socketTest('takes two thousand, and descriptors above 1023', async (t) => {
      const poller = closing(t, epoll())
      const pairs = Array.from({ length: 1000 }, () => pair(t))
      for (const socket of pairs.flat()) poller.register(socket, EPOLLIN)
      const [left, right] = pairs[999]!
      const high = closing(t, highDescriptor(left.fileno(), 2100))
      poller.register(high.fd, EPOLLIN)
      const { waiting, result } = begin(form, 'epoll', poller.fileno(), null)
      await waiting
      await right.send('hello')
      await result
      const told = await poller.poll()
      assert.deepEqual(told.map(([fd]) => fd).sort(), [left.fileno(), high.fd].sort())
      for (const socket of pairs.flat()) poller.modify(socket, EPOLLOUT)
      assert.equal((await poller.poll(0)).length, 1023)
      assert.equal((await poller.poll(0, 5000)).length, 2001)
    })

    socketTest('an epoll descriptor in another', async (t) => {
      const [left, right] = pair(t)
      const [inner, outer] = [closing(t, epoll()), closing(t, epoll())]
      inner.register(left, EPOLLIN)
      outer.register(inner, EPOLLIN)
      const { waiting, result } = begin(form, 'epoll', outer.fileno(), null)
      await waiting
      await right.send('hello')
      assert.deepEqual(await result, [[inner.fileno(), EPOLLIN]])
      assert.deepEqual(await inner.poll(), [[left.fileno(), EPOLLIN]])
    })

    socketTest('a closed descriptor leaves by itself, unless it has a duplicate', async (t) => {
      const [left, right] = pair(t)
      const poller = closing(t, epoll())
      poller.register(left, EPOLLIN)
      const number = left.fileno()
      right.close()
      assert.deepEqual(await poller.poll(0), [[number, EPOLLIN | EPOLLHUP]])
      left.close()
      assert.deepEqual(await poller.poll(0), [])
      assert.throws(() => poller.unregister(number), { code: 'EBADF' })
    })

    socketTest('EPOLLWAKEUP is for the kernel: events come as without it', async (t) => {
      const [left, right] = pair(t)
      const poller = closing(t, epoll())
      poller.register(left, EPOLLIN | EPOLLWAKEUP)
      assert.deepEqual(await poller.poll(0), [])
      await right.send('hello')
      assert.deepEqual(await poller.poll(), [[left.fileno(), EPOLLIN]])
      poller.modify(left, EPOLLOUT | EPOLLWAKEUP | EPOLLONESHOT)
      assert.deepEqual(await poller.poll(), [[left.fileno(), EPOLLOUT]])
      assert.deepEqual(await poller.poll(0), [])
    })

    socketTest('refuses what the system refuses', async (t) => {
      const [left] = pair(t)
      const poller = closing(t, epoll())
      const fd = file(t, 'r')
      assert.throws(() => poller.register(fd), {
        name: 'PermissionError',
        code: 'EPERM',
        syscall: 'register',
      })
      assert.throws(() => poller.register(1 << 20), { code: 'EBADF' })
      assert.throws(() => poller.register(poller), { code: 'EINVAL' })
      assert.throws(() => poller.modify(left, EPOLLIN), { name: 'FileNotFoundError', code: 'ENOENT' })
      assert.throws(() => poller.unregister(left), { name: 'FileNotFoundError', code: 'ENOENT' })
      poller.register(left)
      assert.throws(() => poller.register(left), { name: 'FileExistsError', code: 'EEXIST' })
    })

    socketTest('refuses wrong arguments', async (t) => {
      const [left] = pair(t)
      const poller = closing(t, epoll())
      const closed = new Socket()
      closed.close()
      for (const method of ['register', 'modify', 'unregister'] as const) {
        for (const wrong of [closed, -1, 2 ** 31])
          assert.throws(() => poller[method](wrong, 1), {
            name: 'RangeError',
            message: new RegExp(`^${method}.*fd`),
          })
        for (const wrong of [null, {}, 'one', undefined, 1.5])
          assert.throws(() => poller[method](wrong as never, 1), { name: 'TypeError' })
        if (method === 'unregister') continue
        assert.throws(() => poller[method](left, 2 ** 32), { name: 'RangeError', message: /eventmask/ })
        assert.throws(() => poller[method](left, '1' as never), { name: 'TypeError', message: /eventmask/ })
      }
      for (const [sizehint, flags, name] of [
        [0, 0, 'RangeError'],
        [-2, 0, 'RangeError'],
        ['1', 0, 'TypeError'],
        [-1, 1, 'RangeError'],
        [-1, '0', 'TypeError'],
      ] as [number, number, string][])
        assert.throws(() => epoll(sizehint, flags), { name, message: /^epoll\(\)/ })
      for (const [timeout, most, name] of [
        [Number.NaN, 1, 'RangeError'],
        [1e30, 1, 'RangeError'],
        ['1', 1, 'TypeError'],
        [0, 0, 'RangeError'],
        [0, -2, 'RangeError'],
        [0, 1.5, 'TypeError'],
      ] as [number, number, string][])
        await assert.rejects(async () => poller.poll(timeout, most), { name, message: /^poll\(\)/ })
    })

    socketTest('one that nobody has any more is closed', async () => {
      const before = descriptors().length
      for (let i = 0; i < 10; i++) epoll()
      await collected(before)
    })
  })
}

/** Collects garbage until no more descriptors are open than that. */
async function collected(open: number): Promise<void> {
  for (let i = 0; i < 100 && descriptors().length > open; i++) {
    globalThis.gc!()
    await turn()
  }
}

describe('epoll, as promises', () => {
  const { epoll } = async_.select

  socketTest('several wait, and are served in order', async (t) => {
    const poller = closing(t, epoll())
    const order: number[] = []
    const waiting = [1, 2, 3].map((number) => poller.poll(null, 1).then(() => order.push(number)))
    await turn()
    for (let i = 0; i < 3; i++) {
      const [left] = pair(t)
      poller.register(left, EPOLLOUT | EPOLLONESHOT)
    }
    await Promise.all(waiting)
    assert.deepEqual(order, [1, 2, 3])
  })

  socketTest('limits of their own', async (t) => {
    const poller = closing(t, epoll())
    const order: string[] = []
    await Promise.all([
      poller.poll(0.06).then(() => order.push('long')),
      poller.poll(0.01).then(() => order.push('short')),
      poller.poll(0).then(() => order.push('none')),
    ])
    assert.deepEqual(order, ['none', 'short', 'long'])
  })

  socketTest('closed while it waits: ECANCELED', async (t) => {
    const [left] = pair(t)
    const poller = epoll()
    poller.register(left, EPOLLIN)
    const waiting = [poller.poll(), poller.poll(3600)]
    await turn()
    poller.close()
    for (const one of waiting)
      await assert.rejects(one, { name: 'OSError', code: 'ECANCELED', syscall: 'poll' })
  })

  socketTest('a signal ends it and leaves nothing', async (t) => {
    const [left, right] = pair(t)
    const poller = closing(t, epoll())
    poller.register(left, EPOLLIN)
    const resources = process.getActiveResourcesInfo()
    const controller = new AbortController()
    const { signal } = controller
    const waiting = [poller.poll({ signal }), poller.poll(3600, { signal }), poller.poll(3600, 5, { signal })]
    await turn()
    controller.abort('enough')
    for (const one of waiting) await assert.rejects(one, (reason) => reason === 'enough')
    await assert.rejects(poller.poll(0, { signal }), (reason) => reason === 'enough')
    assert.deepEqual(getEventListeners(signal, 'abort'), [])
    assert.deepEqual(process.getActiveResourcesInfo(), resources)
    const next = poller.poll()
    await right.send('hello')
    assert.deepEqual(await next, [[left.fileno(), EPOLLIN]])
    await assert.rejects(poller.poll({ signal: {} as never }), { name: 'TypeError', message: /signal/ })
  })

  socketTest('who waits holds it', async (t) => {
    const [left, right] = pair(t)
    const before = descriptors().length
    const waiting = (() => {
      const poller = epoll()
      poller.register(left, EPOLLIN)
      return poller.poll()
    })()
    for (let i = 0; i < 5; i++) {
      globalThis.gc!()
      await turn()
    }
    await right.send('hello')
    assert.deepEqual(await waiting, [[left.fileno(), EPOLLIN]])
    await collected(before)
  })

  socketTest('beside operations of the same socket', async (t) => {
    const [left, right] = pair(t)
    const poller = closing(t, epoll())
    poller.register(left, EPOLLIN)
    const received = left.recv(10)
    const told = poller.poll()
    await turn()
    await right.send('hello')
    assert.equal(`${await received}`, 'hello')
    // The data may be gone by the time it asks: then it waits on.
    await right.send('again')
    assert.deepEqual(await told, [[left.fileno(), EPOLLIN]])
  })

  socketTest('who is always ready does not own the loop', async (t) => {
    const poller = closing(t, epoll())
    poller.register(pair(t)[0], EPOLLOUT)
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    while (turns < 3) await poller.poll()
    clearInterval(timer)
  })

  socketTest('ten thousand waits leave nothing', async (t) => {
    const [left, right] = pair(t)
    const poller = closing(t, epoll())
    poller.register(left, EPOLLIN | EPOLLET)
    await leavesNothingOpen(async () => {
      for (let i = 0; i < 10_000; i++) {
        const waiting = poller.poll()
        await right.send('x')
        await waiting
        await left.recv(1)
      }
    })
  })

  socketTest('await using', async () => {
    let kept: ReturnType<typeof epoll>
    {
      await using poller = epoll()
      kept = poller
    }
    assert.equal(kept.closed, true)
  })
})
