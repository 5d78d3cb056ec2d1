// Time limits: settimeout and its kin, and what becomes of every operation that has to wait.
import assert from 'node:assert/strict'
import {
  BlockingIOError,
  EAGAIN,
  MSG_DONTWAIT,
  OSError,
  SO_RCVTIMEO,
  SO_SNDTIMEO,
  SOCK_NONBLOCK,
  SOL_SOCKET,
  TimeoutError,
  timeval,
} from 'berkeley'
import { native } from '#sys/native.js'
import { socketTest } from '../scope.ts'
import { everybodyIsTold } from '../traffic.ts'
import { assertUsable, begin, waits } from '../waits.ts'
import { closing, type World } from '../worlds.ts'

const LIMIT = 0.02

export function timeoutsSuite(world: World): void {
  const { call, library, open, pair } = world

  socketTest('settimeout, setblocking and what they are read with', (t) => {
    const socket = open(t)
    const seen = (): unknown[] => [socket.gettimeout(), socket.timeout, socket.getblocking()]
    assert.deepEqual(seen(), [null, null, true])
    socket.settimeout(2.5)
    assert.deepEqual(seen(), [2.5, 2.5, true])
    socket.settimeout(0)
    assert.deepEqual(seen(), [0, 0, false])
    socket.settimeout(null)
    assert.deepEqual(seen(), [null, null, true])
    socket.setblocking(false)
    assert.deepEqual(seen(), [0, 0, false])
    socket.settimeout(7)
    socket.setblocking(true)
    assert.deepEqual(seen(), [null, null, true])
  })

  socketTest('new sockets begin with the default time limit', async (t) => {
    t.after(() => library.setdefaulttimeout(null))
    library.setdefaulttimeout(1.5)
    assert.equal(library.getdefaulttimeout(), 1.5)
    const [left, right] = await pair(t)
    assert.deepEqual([left.timeout, right.timeout], [1.5, 1.5])
    library.setdefaulttimeout(null)
    assert.equal(open(t).timeout, null)
    assert.equal(left.timeout, 1.5)
  })

  socketTest('SOCK_NONBLOCK in the type begins with 0 and is not in the type', (t) => {
    const socket = closing(t, new library.Socket<number>(world.family, world.type | SOCK_NONBLOCK))
    assert.deepEqual([socket.timeout, socket.type], [0, world.type])
  })

  socketTest('an operation that need not wait is not limited', async (t) => {
    const [sender, receiver] = await pair(t)
    sender.settimeout(1e-9)
    receiver.settimeout(0)
    assert.equal(await call(sender, 'send', 'x'), 1)
    assert.equal(String(await call(receiver, 'recv', 1)), 'x')
  })

  if (world.can.connection) {
    socketTest('an accepted socket does not inherit the time limit', async (t) => {
      const server = world.listening(t)
      server.settimeout(3)
      await call(open(t), 'connect', server.getsockname() as never)
      assert.equal(closing(t, (await call(server, 'accept'))[0]).timeout, null)
    })
  }

  socketTest('SO_RCVTIMEO goes with the descriptor, and settimeout goes before it', async (t) => {
    const [left] = await pair(t)
    left.setsockopt(SOL_SOCKET, SO_RCVTIMEO, timeval.encode(LIMIT))
    const copies = [left.dup(), library.fromfd(left.fileno(), world.family, world.type, left.proto)]
    for (const copy of copies)
      await assert.rejects(call(closing(t, copy), 'recv', 1), isBlocked('recv', 'EAGAIN'))
    left.settimeout(LIMIT / 2)
    await assert.rejects(call(left, 'recv', 1), isTimeout('recv'))
  })

  for (const wait of waits.filter(({ possible }) => possible(world))) {
    const { method, title, arrange, withFlags } = wait
    const numberResult = method === 'connectEx'

    if (wait.resumes(world)) {
      socketTest(`${title} waits, then succeeds`, async (t) => {
        const arranged = await arrange(world, t)
        arranged.socket.settimeout(10)
        const { waiting, result } = begin(world, wait, arranged)
        await waiting
        await everybodyIsTold()
        await arranged.release()
        await arranged.check(await result)
      })
    }

    if (world.can.overlap) {
      socketTest(`${title} waits without trying again and again`, async (t) => {
        const arranged = await arrange(world, t)
        const { waiting, result } = begin(world, wait, arranged)
        await waiting
        const turns = 60
        const calls = await systemCallsDuring(turns)
        // Two more attempts because of events; and one every 5 ms where no event tells of the end.
        assert.ok(calls < turns / 2, `${calls} system calls in ${turns} turns of the loop`)
        arranged.socket.close()
        await assert.rejects(result)
      })
    }

    socketTest(`${title} ends when its time is over, and can be done again`, async (t) => {
      const arranged = await arrange(world, t)
      arranged.socket.settimeout(LIMIT)
      const start = performance.now()
      const { waiting, result } = begin(world, wait, arranged)
      await waiting
      if (numberResult) assert.equal(await result, EAGAIN)
      else await assert.rejects(result, isTimeout(method))
      const elapsed = performance.now() - start
      assert.ok(elapsed >= LIMIT * 1000, `after ${elapsed} ms`)
      arranged.socket.settimeout(null)
      await assertUsable(world, wait, arranged)
    })

    socketTest(`${title} ends when the time of SO_RCVTIMEO and SO_SNDTIMEO is over`, async (t) => {
      const arranged = await arrange(world, t)
      for (const option of [SO_RCVTIMEO, SO_SNDTIMEO])
        arranged.socket.setsockopt(SOL_SOCKET, option, timeval.encode(LIMIT))
      const start = performance.now()
      const { waiting, result } = begin(world, wait, arranged)
      await waiting
      const code = method === 'connect' ? 'EINPROGRESS' : 'EAGAIN'
      if (numberResult) assert.equal(await result, EAGAIN)
      else await assert.rejects(result, isBlocked(method, code))
      const elapsed = performance.now() - start
      assert.ok(elapsed >= LIMIT * 1000, `after ${elapsed} ms`)
      for (const option of [SO_RCVTIMEO, SO_SNDTIMEO])
        arranged.socket.setsockopt(SOL_SOCKET, option, timeval.encode(0))
      await assertUsable(world, wait, arranged)
    })

    if (method === 'sendfile') {
      socketTest('sendfile refuses a non-blocking socket', async (t) => {
        const arranged = await arrange(world, t)
        arranged.socket.settimeout(0)
        await assert.rejects(begin(world, wait, arranged).result, RangeError)
      })
    } else {
      socketTest(`${title} of a non-blocking socket fails at once`, async (t) => {
        const arranged = await arrange(world, t)
        arranged.socket.settimeout(0)
        const { result } = begin(world, wait, arranged)
        // What TCP begins it goes on with, so that is what it says.
        const code = world.can.internet && method.startsWith('connect') ? 'EINPROGRESS' : 'EAGAIN'
        if (numberResult) assert.equal(await result, library[code])
        else await assert.rejects(result, isBlocked(method, code))
        arranged.socket.settimeout(null)
        await assertUsable(world, wait, arranged)
      })
    }

    if (withFlags) {
      socketTest(`${title} with MSG_DONTWAIT fails at once`, async (t) => {
        const arranged = await arrange(world, t)
        const { result } = begin(world, wait, arranged, withFlags(arranged, MSG_DONTWAIT))
        await assert.rejects(result, isBlocked(method, 'EAGAIN'))
        await assertUsable(world, wait, arranged)
      })
    }
  }
}

function isTimeout(method: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof TimeoutError && error instanceof OSError, String(error))
    assert.deepEqual([error.code, error.syscall, error.name], ['ETIMEDOUT', method, 'TimeoutError'])
    return true
  }
}

function isBlocked(method: string, code: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof BlockingIOError, String(error))
    assert.deepEqual([error.code, error.syscall], [code, method])
    return true
  }
}

async function systemCallsDuring(turns: number): Promise<number> {
  const calls = native as unknown as Record<string, unknown>
  const real = { ...calls }
  let count = 0
  for (const [name, call] of Object.entries(real)) {
    if (typeof call !== 'function') continue
    calls[name] = (...args: unknown[]) => {
      count++
      return call(...args)
    }
  }
  for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate)
  Object.assign(calls, real)
  return count
}
