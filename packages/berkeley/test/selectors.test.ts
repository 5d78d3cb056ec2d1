// berkeley/selectors and berkeley/blocking/selectors.
import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { after, before, describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { createServer, Socket, socketpair } from 'berkeley'
import { EVENT_READ, EVENT_WRITE } from 'berkeley/selectors'
import { leavesNothingOpen } from './descriptors.ts'
import {
  async_,
  begin,
  forms,
  highDescriptor,
  selectorNames,
  startThread,
  stopThread,
} from './multiplexers.ts'
import { socketTest } from './scope.ts'
import { childOutput, closing, file, pair, pipe } from './situations.ts'

before(async () => {
  await startThread()
  // What stays open from then on: the event loop's own epoll descriptor.
  const [left, right] = socketpair()
  await assert.rejects(left.recv(1, { flags: 0, signal: AbortSignal.timeout(1) }))
  left.close()
  right.close()
})
after(stopThread)

const BOTH = EVENT_READ | EVENT_WRITE

for (const form of forms) {
  const { selectors } = form

  test(`the module, ${form.name}`, () => {
    assert.equal(selectors.DefaultSelector, selectors.EpollSelector)
    assert.deepEqual([selectors.EVENT_READ, selectors.EVENT_WRITE], [1, 2])
    for (const name of selectorNames) {
      assert.equal(selectors[name].name, name)
      assert.ok(selectors[name].prototype instanceof selectors.BaseSelector)
    }
  })

  for (const name of selectorNames) {
    const make = () => new selectors[name]()

    describe(`${name}, ${form.name}`, () => {
      socketTest('registers objects, by descriptor', (t) => {
        const [left, right] = pair(t)
        const selector = closing(t, make())
        const key = selector.register(left, EVENT_READ, 'data')
        assert.ok(key instanceof selectors.SelectorKey)
        const [fileobj, fd, events, data] = key
        assert.ok(fileobj === left)
        assert.deepEqual([fd, events, data], [left.fileno(), EVENT_READ, 'data'])
        assert.equal(selector.getKey(left), key)
        assert.equal(selector.getKey(left.fileno()), key)
        assert.equal(selector.register(right.fileno(), BOTH).data, undefined)
        assert.equal(selector.getKey(right).fileobj, right.fileno())

        const map = selector.getMap()!
        assert.equal(map.size, 2)
        assert.equal(map.get(left), key)
        assert.ok(map.has(right) && map.has(left.fileno()))
        assert.deepEqual([...map.keys()], [left.fileno(), right.fileno()])
        assert.equal([...map.values()][0], key)
        assert.deepEqual([...map], [...map.entries()])
        assert.equal(selector.unregister(left.fileno()), key)
        assert.equal(map.size, 1)
        assert.equal(map.get(left), undefined)
        assert.equal(map.has(left), false)
      })

      socketTest('refuses what is registered, what is not, and what is wrong', async (t) => {
        const [left, right] = pair(t)
        const selector = closing(t, make())
        selector.register(left, EVENT_READ)
        assert.throws(() => selector.register(left, EVENT_READ), { name: 'RangeError', message: /register/ })
        assert.throws(() => selector.register(left.fileno(), EVENT_READ), { name: 'RangeError' })
        const unknown = { name: 'RangeError', message: /one that is registered/ }
        assert.throws(() => selector.unregister(right), unknown)
        assert.throws(() => selector.modify(right, EVENT_READ), unknown)
        assert.throws(() => selector.getKey(right), unknown)
        for (const events of [0, 4, 7, -1]) {
          assert.throws(() => selector.register(right, events), { name: 'RangeError', message: /events/ })
          assert.throws(() => selector.modify(left, events), { name: 'RangeError', message: /events/ })
        }
        assert.throws(() => selector.register(right, '1' as never), { name: 'TypeError' })
        for (const wrong of [-1, 2 ** 31])
          assert.throws(() => selector.register(wrong, EVENT_READ), {
            name: 'RangeError',
            message: /fileobj/,
          })
        for (const wrong of [null, {}, 'one', undefined])
          assert.throws(() => selector.register(wrong as never, EVENT_READ), { name: 'TypeError' })
        const closed = new Socket()
        closed.close()
        assert.throws(() => selector.register(closed, EVENT_READ), { name: 'RangeError' })
        for (const wrong of ['1', true])
          await assert.rejects(async () => selector.select(wrong as never), { name: 'TypeError' })
        await assert.rejects(async () => selector.select(Number.NaN), { name: 'RangeError' })
        assert.equal(selector.getMap()!.size, 1)
      })

      socketTest('tells who is ready, and for what', async (t) => {
        const [left, right] = pair(t)
        const selector = closing(t, make())
        const leftKey = selector.register(left, BOTH, 'left')
        const rightKey = selector.register(right, EVENT_READ, { any: 'thing' })
        assert.deepEqual(await selector.select(), [[leftKey, EVENT_WRITE]])
        await right.send('hello')
        assert.deepEqual(await selector.select(null), [[leftKey, BOTH]])
        await left.send('hello')
        const ready = new Map(await selector.select(60))
        assert.equal(ready.get(leftKey), BOTH)
        assert.equal(ready.get(rightKey), EVENT_READ)
      })

      socketTest('modifies', async (t) => {
        const [left] = pair(t)
        const selector = closing(t, make())
        const first = selector.register(left, EVENT_READ, 1)
        assert.deepEqual(await selector.select(0), [])
        const second = selector.modify(left, EVENT_WRITE, 2)
        assert.notEqual(first, second)
        assert.deepEqual([...second], [left, left.fileno(), EVENT_WRITE, 2])
        assert.deepEqual(await selector.select(0), [[second, EVENT_WRITE]])
        const third = selector.modify(left.fileno(), EVENT_WRITE)
        assert.equal(third.fileobj, left)
        assert.equal(third.data, undefined)
        assert.equal(selector.getKey(left), third)
        selector.modify(left, EVENT_READ)
        assert.deepEqual(await selector.select(-1), [])
      })

      socketTest('waits no longer than it may, and not less', async (t) => {
        const [left] = pair(t)
        const selector = closing(t, make())
        assert.deepEqual(await selector.select(0.001), []) // Nobody is registered.
        selector.register(left, EVENT_READ)
        for (const seconds of [0, -1, -0.5]) assert.deepEqual(await selector.select(seconds), [])
        for (const seconds of [0.0001, 0.0123, 0.03]) {
          const start = performance.now()
          assert.deepEqual(await selector.select(seconds), [])
          assert.ok(performance.now() - start >= seconds * 1000)
        }
      })

      socketTest('waits for data, a connection, a child', async (t) => {
        const [left, right] = pair(t)
        const server = closing(t, createServer(['127.0.0.1', 0]))
        const client = closing(t, new Socket())
        const child = await childOutput(t)
        const acts: [number, () => unknown][] = [
          [left.fileno(), () => right.send('hello')],
          [server.fileno(), () => client.connect(server.getsockname() as [string, number])],
          [child.fd, () => child.write()],
        ]
        for (const [fd, act] of acts) {
          const { waiting, result } = begin(form, 'selector', name, [[fd, EVENT_READ]], null)
          await waiting
          await act()
          assert.deepEqual(await result, [[fd, EVENT_READ]])
        }
      })

      socketTest('an error or a hang-up wakes for both', async (t) => {
        const selector = closing(t, make())
        const { reader, writer } = pipe(t)
        selector.register(reader.fd, EVENT_READ)
        writer.close()
        assert.deepEqual(await selector.select(), [[selector.getKey(reader.fd), EVENT_READ]])
        selector.unregister(reader.fd)
        const other = pipe(t)
        other.reader.close()
        selector.register(other.writer.fd, EVENT_WRITE)
        assert.deepEqual(await selector.select(), [[selector.getKey(other.writer.fd), EVENT_WRITE]])
        selector.unregister(other.writer.fd)
        const [left, right] = pair(t)
        right.close()
        selector.register(left, BOTH)
        assert.deepEqual(await selector.select(), [[selector.getKey(left), BOTH]])
      })

      socketTest('what was closed can be unregistered', async (t) => {
        const [left, right] = pair(t)
        const selector = closing(t, make())
        const leftKey = selector.register(left, EVENT_READ)
        selector.register(right, EVENT_READ)
        left.close()
        assert.equal(selector.getKey(left), leftKey)
        assert.equal(selector.unregister(left), leftKey)
        assert.throws(() => selector.unregister(left), { name: 'RangeError' })
        right.shutdown(1)
        right.close()
        selector.unregister(right)
        assert.equal(selector.getMap()!.size, 0)
      })

      socketTest('what was closed is unregistered if it cannot be modified', (t) => {
        const [left] = pair(t)
        const selector = closing(t, make())
        const { fd } = selector.register(left, EVENT_READ)
        left.close()
        if (name === 'EpollSelector') {
          assert.throws(() => selector.modify(fd, EVENT_WRITE), { code: 'EBADF' })
          assert.equal(selector.getMap()!.size, 0)
        } else assert.equal(selector.modify(fd, EVENT_WRITE).events, EVENT_WRITE)
      })

      socketTest('a regular file', async (t) => {
        const selector = closing(t, make())
        const fd = file(t, 'r')
        if (name === 'EpollSelector') {
          assert.throws(() => selector.register(fd, EVENT_READ), { code: 'EPERM' })
          assert.equal(selector.getMap()!.size, 0)
        } else {
          const key = selector.register(fd, BOTH)
          assert.deepEqual(await selector.select(), [[key, BOTH]])
        }
      })

      socketTest('a thousand, and descriptors above 1023', async (t) => {
        const selector = closing(t, make())
        const pairs = Array.from({ length: 600 }, () => pair(t))
        for (const socket of pairs.flat()) selector.register(socket, EVENT_READ)
        const [left, right] = pairs[599]!
        const high = closing(t, highDescriptor(left.fileno(), 1300))
        selector.register(high.fd, EVENT_READ)
        await right.send('hello')
        const ready = await selector.select()
        assert.deepEqual(ready.map(([{ fd }]) => fd).sort(), [left.fileno(), high.fd].sort())
        for (const socket of pairs.flat()) selector.modify(socket, EVENT_WRITE)
        assert.equal((await selector.select()).length, 1201)
      })

      socketTest('closed: refuses, and leaves nothing', async (t) => {
        const [left] = pair(t)
        await leavesNothingOpen(async () => {
          const selector = make()
          selector.register(left, EVENT_READ)
          selector.close()
          selector.close()
          assert.equal(selector.getMap(), null)
          const refused = { name: 'RangeError', message: /closed/ }
          assert.throws(() => selector.register(left, EVENT_READ), refused)
          assert.throws(() => selector.getKey(left), refused)
          assert.throws(() => selector.unregister(left), { name: 'RangeError' })
          assert.throws(() => selector.modify(left, EVENT_READ), { name: 'RangeError' })
          await assert.rejects(async () => selector.select(0), refused)
          {
            using disposed = make()
            disposed.register(left, EVENT_READ)
          }
        })
      })
    })
  }

  socketTest(`EpollSelector has a descriptor, ${form.name}`, async (t) => {
    const [left, right] = pair(t)
    const selector = closing(t, new selectors.EpollSelector())
    const outer = closing(t, new selectors.PollSelector())
    selector.register(left, EVENT_READ)
    outer.register(selector, EVENT_READ)
    assert.deepEqual(await outer.select(0), [])
    await right.send('hello')
    assert.equal((await outer.select())[0]![0].fd, selector.fileno())
    selector.close()
    assert.throws(() => selector.fileno(), { name: 'RangeError', message: /closed/ })
  })
}

describe('selectors, as promises', () => {
  for (const name of selectorNames) {
    const make = () => new async_.selectors[name]()

    socketTest(`${name}: closed while it waits: ECANCELED`, async (t) => {
      const [left] = pair(t)
      await leavesNothingOpen(async () => {
        const selector = make()
        selector.register(left, EVENT_READ)
        const waiting = [selector.select(), selector.select(3600)]
        await turn()
        selector.close()
        for (const one of waiting) await assert.rejects(one, { name: 'OSError', code: 'ECANCELED' })
      })
    })

    socketTest(`${name}: a signal ends it and leaves nothing`, async (t) => {
      const [left, right] = pair(t)
      const selector = closing(t, make())
      const key = selector.register(left, EVENT_READ)
      const controller = new AbortController()
      const { signal } = controller
      const waiting = [selector.select({ signal }), selector.select(3600, { signal })]
      await turn()
      controller.abort('enough')
      for (const one of waiting) await assert.rejects(one, (reason) => reason === 'enough')
      assert.deepEqual(getEventListeners(signal, 'abort'), [])
      const next = selector.select()
      await right.send('hello')
      assert.deepEqual(await next, [[key, EVENT_READ]])
    })

    socketTest(`${name}: what changes while it waits`, async (t) => {
      const [left, right] = pair(t)
      const selector = closing(t, make())
      selector.register(left, EVENT_READ)
      const waiting = selector.select()
      await turn()
      const [other] = pair(t)
      const otherKey = selector.register(other, EVENT_WRITE)
      if (name === 'EpollSelector') assert.deepEqual(await waiting, [[otherKey, EVENT_WRITE]])
      selector.unregister(left)
      await right.send('hello')
      // For the others it is still there, but nobody's any more.
      if (name !== 'EpollSelector') assert.deepEqual(await waiting, [])
      assert.deepEqual(await selector.select(), [[otherKey, EVENT_WRITE]])
    })

    socketTest(`${name}: await using`, async () => {
      let kept: ReturnType<typeof make>
      {
        await using selector = make()
        kept = selector
      }
      assert.equal(kept.getMap(), null)
    })
  }
})
