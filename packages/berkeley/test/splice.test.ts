// splice: what comes through, what is in the way, how it ends, and that nothing is lost or left open.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { before, describe, test } from 'node:test'
import {
  AF_INET,
  AF_UNIX,
  MSG_WAITALL,
  SHUT_WR,
  SO_LINGER,
  SOCK_DGRAM,
  SOL_SOCKET,
  type Socket,
  type SpliceProgress,
  splice,
  TimeoutError,
} from 'berkeley'
import { native } from '#sys/native.js'
import { codeOf } from './fault-sockets.ts'
import { type Form, forms } from './forms.ts'
import { type Scope, socketTest } from './scope.ts'
import { spliceOnThread } from './splice-thread.ts'
import { withFaults } from './switch.ts'
import { assertSameBytes, everybodyIsTold, pattern } from './traffic.ts'
import { closing, freePath, warmUp } from './worlds.ts'

const [promises] = forms as [Form]
const large = pattern(20_000_000)
const small = pattern(5000)

type Stream = Socket<number>
type MakePair = (t: Scope, form?: Form) => Promise<[Stream, Stream]>

const kinds: Record<string, MakePair> = {
  async TCP(t, { library } = promises) {
    const server = library.createServer(['127.0.0.1', 0])
    const left = closing(t, new library.Socket(AF_INET))
    await left.connect(server.getsockname())
    const [right] = await server.accept()
    server.close()
    return [left, closing(t, right)] as unknown as [Stream, Stream]
  },
  async Unix(t, { library } = promises) {
    return library.socketpair(AF_UNIX).map((socket) => closing(t, socket)) as unknown as [Stream, Stream]
  },
}
const { TCP, Unix } = kinds as { TCP: MakePair; Unix: MakePair }

/** All up to the end. */
async function readAll(socket: Stream): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of socket) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

/** A pipe as a shell's `|` is one. */
function openPipe(t: Scope): [reading: number, writing: number] {
  assert.equal(native.pipe(), 0)
  const ends: [number, number] = [native.numbers[0]!, native.numbers[1]!]
  for (const end of ends) openEnds.add(end)
  t.after(() => ends.forEach(closeEnd))
  return ends
}

const openEnds = new Set<number>()

function closeEnd(end: number): void {
  if (openEnds.delete(end)) native.close(end)
}

function fileWith(t: Scope, data: Uint8Array, flags = 'r'): number {
  const path = freePath()
  writeFileSync(path, data)
  const fd = openSync(path, flags)
  t.after(() => closeSync(fd))
  t.after(() => rmSync(path))
  return fd
}

/** The peer is gone with a reset. */
function reset(socket: Stream): void {
  socket.setsockopt(SOL_SOCKET, SO_LINGER, Buffer.from(new Int32Array([1, 0]).buffer))
  socket.close()
}

before(warmUp)

for (const [from, pairFrom] of Object.entries(kinds)) {
  for (const [to, pairTo] of Object.entries(kinds)) {
    socketTest(`from ${from} to ${to}: everything up to the end, and the end is the caller's`, async (t) => {
      const [sender, source] = await pairFrom(t)
      const [target, receiver] = await pairTo(t)
      const progress: SpliceProgress = { moved: 0 }
      const splicing = splice(source, target, { progress })
      const received = readAll(receiver)
      await sender.sendall(large)
      sender.shutdown(SHUT_WR)
      assert.equal(await splicing, large.length)
      assert.deepEqual(progress, { moved: large.length, leftover: undefined })
      await target.sendall('and more')
      target.shutdown(SHUT_WR)
      assertSameBytes(await received, Buffer.concat([large, Buffer.from('and more')]))
    })
  }
}

describe('on a thread that blocks', () => {
  socketTest('everything comes through, and the thread sleeps meanwhile', async (t) => {
    const [sender, source] = await TCP(t)
    const [target, receiver] = await TCP(t)
    const outcome = spliceOnThread(source, target)
    await sender.sendall(large)
    sender.shutdown(SHUT_WR)
    assertSameBytes(await receiver.recv(large.length, MSG_WAITALL), large)
    const { moved, progress, sleeps } = await outcome
    assert.equal(moved, large.length)
    assert.equal(progress.moved, large.length)
    assert.ok(sleeps > 0)
  })

  socketTest('a target that is gone is noticed although the source has nothing', async (t) => {
    const [, source] = await TCP(t)
    const [target, receiver] = await TCP(t)
    const outcome = spliceOnThread(source, target)
    reset(receiver)
    assert.deepEqual((await outcome).error, { name: 'BrokenPipeError', code: 'EPIPE', syscall: 'splice' })
  })

  socketTest('a target that was closed gives EPIPE and no signal', async (t) => {
    const [sender, source] = await Unix(t)
    const [target, receiver] = await Unix(t)
    await sender.sendall(small)
    receiver.close()
    const { error, progress } = await spliceOnThread(source, target)
    assert.equal(error?.code, 'EPIPE')
    assertSameBytes(progress.leftover!, small)
  })

  socketTest('the shorter time limit of the two ends it, in the middle as well', async (t) => {
    const [sender, source] = await Unix(t)
    const [target, receiver] = await Unix(t)
    source.settimeout(60)
    target.settimeout(0.05)
    const sending = sender.sendall(large)
    const { error, progress } = await spliceOnThread(source, target)
    assert.equal(error?.code, 'ETIMEDOUT')
    assert.equal(error?.name, 'TimeoutError')
    // What the target took, what was in between, and what is still in the source, are all there is.
    const taken = await receiver.recv(progress.moved, MSG_WAITALL)
    const rest = source.recv(large.length - progress.moved - progress.leftover!.length, MSG_WAITALL)
    await sending
    assertSameBytes(Buffer.concat([taken, progress.leftover!, await rest]), large)
  })
})

for (const form of forms) {
  describe(`${form.name}: without waiting`, () => {
    const { library } = form

    socketTest('no more than count is taken from the source', async (t) => {
      const [sender, source] = await TCP(t, form)
      const [target, receiver] = await TCP(t, form)
      await sender.sendall(small)
      assert.equal(await library.splice(source, target, { count: 4000 }), 4000)
      assertSameBytes(await receiver.recv(4000, MSG_WAITALL), small.subarray(0, 4000))
      assertSameBytes(await source.recv(1000, MSG_WAITALL), small.subarray(4000))
    })

    socketTest('null as a count is all of it', async (t) => {
      const [sender, source] = await Unix(t, form)
      const [target] = await Unix(t, form)
      await sender.sendall(small)
      sender.shutdown(SHUT_WR)
      assert.equal(await library.splice(source, target, { count: null }), small.length)
    })

    socketTest('nothing at all is 0 bytes', async (t) => {
      const [sender, source] = await TCP(t, form)
      const [target] = await TCP(t, form)
      sender.close()
      assert.equal(await library.splice(source, target), 0)
    })

    socketTest('a file goes to a socket from where it stands, and a socket to a file', async (t) => {
      const [left, right] = await Unix(t, form)
      const from = fileWith(t, small)
      assert.equal(await library.splice(from, left, { count: 1000 }), 1000)
      assert.equal(await library.splice(from, left), 4000)
      left.shutdown(SHUT_WR)
      const path = freePath()
      const file = await open(path, 'w')
      t.after(() => rmSync(path))
      assert.equal(await library.splice(right, file), 5000)
      await file.close()
      assertSameBytes(readFileSync(path), small)
    })

    socketTest('a pipe goes to a socket, and a socket to a pipe', async (t) => {
      const [left, right] = await Unix(t, form)
      const [reading, writing] = openPipe(t)
      const [from, to] = openPipe(t)
      await left.sendall(small)
      assert.equal(await library.splice(right, writing, { count: small.length }), small.length)
      assert.equal(await library.splice(reading, left, { count: small.length }), small.length)
      assert.equal(await library.splice(right, to, { count: small.length }), small.length)
      const received = Buffer.alloc(small.length)
      assert.equal(native.read(from, received, 0, received.length), small.length)
      assertSameBytes(received, small)
    })

    socketTest('what cannot be spliced is refused', async (t) => {
      const [left] = await Unix(t, form)
      const datagram = closing(t, new library.Socket(AF_UNIX, SOCK_DGRAM))
      const file = fileWith(t, small)
      const refused: [call: () => unknown, error: object][] = [
        [() => library.splice(datagram, left), { name: 'RangeError', message: /source.*SOCK_STREAM/ }],
        [() => library.splice(left, datagram), { name: 'RangeError', message: /target.*SOCK_STREAM/ }],
        [() => library.splice(left.fileno(), left), { name: 'RangeError', message: /source.*fromfd/ }],
        [() => library.splice(file, file), { name: 'TypeError', message: /target.*a Socket/ }],
        [() => library.splice(1_000_000, left), { code: 'EBADF', syscall: 'splice' }],
      ]
      for (const [call, error] of refused) await assert.rejects(async () => call(), error)
      left.settimeout(0)
      await assert.rejects(async () => library.splice(left, left), { name: 'RangeError', message: /non-bl/ })
      left.settimeout(null)
      left.close()
      await assert.rejects(async () => library.splice(left, left), { code: 'EBADF', syscall: 'splice' })
    })

    socketTest(
      'a file that is opened to append is refused by the system, and what was taken is kept',
      async (t) => {
        const [left, right] = await Unix(t, form)
        await left.sendall(small)
        const progress: SpliceProgress = { moved: 0 }
        const file = fileWith(t, small, 'a')
        await assert.rejects(async () => library.splice(right, file, { progress }), {
          code: 'EINVAL',
          syscall: 'splice',
        })
        assert.equal(progress.moved, 0)
        assertSameBytes(progress.leftover!, small)
      },
    )

    for (const [name, faults, code] of [
      ['no descriptor for the pipe', { pipe: ['EMFILE'] }, 'EMFILE'],
      ['a pipe that cannot be made larger', { set_pipe_size: ['EPERM'] }, 'no error'],
      ['a source that fails', { splice: ['EIO'] }, 'EIO'],
    ] as const) {
      socketTest(`${name}: nothing is lost`, async (t) => {
        const [sender, source] = await TCP(t, form)
        const [target, receiver] = await TCP(t, form)
        await sender.sendall(small)
        const again = () => library.splice(source, target, { count: small.length })
        assert.equal(await withFaults(faults, () => codeOf(again)), code)
        if (code !== 'no error') assert.equal(await again(), small.length)
        assertSameBytes(await receiver.recv(small.length, MSG_WAITALL), small)
      })
    }

    socketTest('by halves and interrupted: one byte at a time, once', async (t) => {
      const [sender, source] = await TCP(t, form)
      const [target, receiver] = await TCP(t, form)
      await sender.sendall(small.subarray(0, 100))
      const oneByte = (real: typeof native.splice) => (from: number, to: number) => real(from, to, 1)
      assert.equal(
        await withFaults({ splice: oneByte }, () => library.splice(source, target, { count: 100 })),
        100,
      )
      assertSameBytes(await receiver.recv(100, MSG_WAITALL), small.subarray(0, 100))
    })

    socketTest('what the target refuses in the middle is handed over', async (t) => {
      const [sender, source] = await TCP(t, form)
      const [target, receiver] = await TCP(t, form)
      await sender.sendall(small.subarray(0, 100))
      const progress: SpliceProgress = { moved: 0 }
      const real = (call: typeof native.splice): typeof native.splice => call
      const ten = (call: typeof native.splice) => (from: number, to: number) => call(from, to, 10)
      const code = await withFaults({ splice: [real, ten, 'ECONNRESET'] }, () =>
        codeOf(() => library.splice(source, target, { progress })),
      )
      assert.equal(code, 'ECONNRESET')
      assert.equal(progress.moved, 10)
      assertSameBytes(await receiver.recv(10, MSG_WAITALL), small.subarray(0, 10))
      assertSameBytes(progress.leftover!, small.subarray(10, 100))
    })
  })
}

describe('while it waits', () => {
  socketTest('one pipe is enough for all whose source has nothing', async (t) => {
    const [sender, source] = await TCP(t)
    const [target, receiver] = await TCP(t)
    let pipes = 0
    const counting = (real: typeof native.pipe) => () => {
      pipes++
      return real()
    }
    await withFaults({ pipe: counting }, async () => {
      const splicings = [splice(source, target), splice(target, source)]
      await everybodyIsTold()
      assert.equal(pipes, 1)
      for (const way of [
        [sender, receiver],
        [receiver, sender],
      ] as const) {
        await way[0].sendall(small)
        assertSameBytes(await way[1].recv(small.length, MSG_WAITALL), small)
      }
      assert.equal(pipes, 1)
      sender.close()
      receiver.close()
      assert.deepEqual(await Promise.all(splicings), [small.length, small.length])
    })
  })

  socketTest('a reader that does not read: nothing is asked again and again', async (t) => {
    const [sender, source] = await Unix(t)
    const [target, receiver] = await Unix(t)
    const splicing = splice(source, target, { count: large.length })
    const sending = sender.sendall(large)
    for (let turn = 0; turn < 20; turn++) await everybodyIsTold()
    let calls = 0
    const { splice: real } = native
    native.splice = (...args) => {
      calls++
      return real(...args)
    }
    for (let turn = 0; turn < 50; turn++) await everybodyIsTold()
    native.splice = real
    assert.equal(calls, 0)
    const received = receiver.recv(large.length, MSG_WAITALL)
    await sending
    assertSameBytes(await received, large)
    assert.equal(await splicing, large.length)
  })

  socketTest('a full target: what comes in wakes nobody, and is heard of when there is room', async (t) => {
    const [sender, source] = await TCP(t)
    const [target, receiver] = await TCP(t)
    const total = 3 * large.length
    const splicing = splice(source, target, { count: total })
    const sending = (async () => {
      for (let times = 0; times < 3; times++) await sender.sendall(large)
    })()
    const received = async () => {
      for (let times = 0; times < 3; times++) {
        // Now and then the reader rests, until everything before it is full.
        for (let turn = 0; turn < 30; turn++) await everybodyIsTold()
        assertSameBytes(await receiver.recv(large.length, MSG_WAITALL), large)
      }
    }
    const listened: number[] = []
    const note =
      (real: typeof native.ready_listen) => (fd: number, slot: number, generation: number, on: 0 | 1) => {
        listened.push(on)
        return real(fd, slot, generation, on)
      }
    await withFaults({ ready_listen: note }, async () => {
      await Promise.all([sending, received()])
      assert.equal(await splicing, total)
    })
    // Off and on by turns, and on at the end: whoever reads next is told.
    assert.deepEqual(
      listened,
      listened.map((_, index) => index % 2),
    )
    assert.equal(listened.length % 2, 0)
    const next = source.recv(10)
    await everybodyIsTold()
    await sender.sendall('hello')
    assert.equal(String(await next), 'hello')
  })

  socketTest('aborted while the target is full, the source is heard again', async (t) => {
    const [sender, source] = await Unix(t)
    const [target] = await Unix(t)
    const controller = new AbortController()
    const splicing = splice(source, target, { signal: controller.signal })
    const sending = sender.sendall(large)
    for (let turn = 0; turn < 20; turn++) await everybodyIsTold()
    const behind = source.recv(large.length, MSG_WAITALL)
    controller.abort()
    await assert.rejects(splicing, { name: 'AbortError' })
    await sending
    sender.close()
    assert.ok((await behind).length > 0)
  })

  socketTest('both directions of the same two sockets, at once', async (t) => {
    const [client, front] = await TCP(t)
    const [back, server] = await TCP(t)
    const other = pattern(15_000_000, 7)
    const pass = async (from: Stream, to: Stream) => {
      const moved = await splice(from, to)
      to.shutdown(SHUT_WR)
      return moved
    }
    const send = async (socket: Stream, data: Buffer) => {
      await socket.sendall(data)
      socket.shutdown(SHUT_WR)
    }
    const passing = Promise.all([pass(front, back), pass(back, front)])
    const [there, here] = await Promise.all([
      readAll(server),
      readAll(client),
      send(client, large),
      send(server, other),
    ])
    assertSameBytes(there, large)
    assertSameBytes(here, other)
    assert.deepEqual(await passing, [large.length, other.length])
  })

  socketTest('a socket into itself is an echo', async (t) => {
    const [left, right] = await TCP(t)
    const echo = splice(right, right)
    const sending = left.sendall(large)
    assertSameBytes(await left.recv(large.length, MSG_WAITALL), large)
    await sending
    left.shutdown(SHUT_WR)
    assert.equal(await echo, large.length)
  })

  socketTest('reads and writes before and after it keep their order', async (t) => {
    const [sender, source] = await TCP(t)
    const [target, receiver] = await TCP(t)
    const results: string[] = []
    const note = (name: string) => (value: unknown) => results.push(`${name} ${value ?? ''}`.trim())
    const all = [
      source.recv(1).then(note('recv')),
      splice(source, target, { count: 3 }).then(note('splice')),
      source.recv(10).then(note('recv')),
      target.sendall('|'),
      splice(source, target, { count: 2 }).then(note('splice')),
    ]
    await sender.sendall('abcd')
    await Promise.all(all.slice(0, 2))
    await sender.sendall('e')
    await all[2]
    await sender.sendall('fg')
    await Promise.all(all)
    assert.deepEqual(results, ['recv a', 'splice 3', 'recv e', 'splice 2'])
    assert.equal(String(await receiver.recv(6, MSG_WAITALL)), 'bcd|fg')
  })

  socketTest('two into the same target: one after the other', async (t) => {
    const [first, one] = await TCP(t)
    const [second, two] = await TCP(t)
    const [target, receiver] = await TCP(t)
    const splicing = [splice(one, target), splice(two, target)]
    await second.sendall('second')
    second.close()
    await first.sendall('first ')
    await everybodyIsTold()
    first.close()
    assert.deepEqual(await Promise.all(splicing), [6, 6])
    assert.equal(String(await receiver.recv(12, MSG_WAITALL)), 'first second')
  })

  for (const which of ['source', 'target'] as const) {
    socketTest(`closing the ${which} ends it with ECANCELED, and the other goes on`, async (t) => {
      const [sender, source] = await TCP(t)
      const [target, receiver] = await TCP(t)
      const splicing = splice(source, target)
      const closed = which === 'source' ? source : target
      closed.close()
      await assert.rejects(splicing, { code: 'ECANCELED', syscall: 'splice' })
      if (which === 'source') {
        await target.sendall(small)
        assertSameBytes(await receiver.recv(small.length, MSG_WAITALL), small)
      } else {
        await sender.sendall(small)
        assertSameBytes(await source.recv(small.length, MSG_WAITALL), small)
      }
    })
  }

  socketTest('an abort gives back what was on its way: nothing is lost', async (t) => {
    const [sender, source] = await Unix(t)
    const [target, receiver] = await Unix(t)
    const controller = new AbortController()
    const progress: SpliceProgress = { moved: 0 }
    const splicing = splice(source, target, { progress, signal: controller.signal })
    const sending = sender.sendall(large)
    for (let turn = 0; turn < 20; turn++) await everybodyIsTold()
    const behind = source.recv(large.length, MSG_WAITALL)
    controller.abort(new Error('enough'))
    await assert.rejects(splicing, /^Error: enough$/)
    assert.ok(progress.moved > 0 && progress.leftover!.length > 0)
    const taken = await receiver.recv(progress.moved, MSG_WAITALL)
    sending.then(() => sender.shutdown(SHUT_WR))
    assertSameBytes(Buffer.concat([taken, progress.leftover!, await behind]), large)
    await target.sendall('usable')
    assert.equal(String(await receiver.recv(6, MSG_WAITALL)), 'usable')
  })

  socketTest('a signal that was aborted before moves nothing', async (t) => {
    const [sender, source] = await TCP(t)
    const [target] = await TCP(t)
    await sender.sendall('x')
    await assert.rejects(splice(source, target, { signal: AbortSignal.abort(new Error('before')) }), /before/)
    assert.equal(String(await source.recv(1)), 'x')
  })

  for (const which of ['source', 'target'] as const) {
    socketTest(`the time limit of the ${which} ends it`, async (t) => {
      const [, source] = await TCP(t)
      const [target] = await TCP(t)
      const limited = which === 'source' ? source : target
      limited.settimeout(0.02)
      await assert.rejects(splice(source, target), TimeoutError)
    })
  }

  socketTest('a source that is reset', async (t) => {
    const [sender, source] = await TCP(t)
    const [target] = await TCP(t)
    const splicing = splice(source, target)
    reset(sender)
    await assert.rejects(splicing, { code: 'ECONNRESET', syscall: 'splice' })
  })

  socketTest('a target that is reset while the source has nothing', async (t) => {
    const [, source] = await TCP(t)
    const [target, receiver] = await TCP(t)
    const splicing = splice(source, target)
    reset(receiver)
    await assert.rejects(splicing, { code: 'EPIPE', syscall: 'splice' })
  })

  socketTest('a target that is reset while it is full', async (t) => {
    const [sender, source] = await TCP(t)
    const [target, receiver] = await TCP(t)
    const progress: SpliceProgress = { moved: 0 }
    const splicing = splice(source, target, { progress })
    const sending = sender.sendall(large).catch(() => {})
    for (let turn = 0; turn < 20; turn++) await everybodyIsTold()
    reset(receiver)
    await assert.rejects(splicing, /ECONNRESET|EPIPE/)
    source.close()
    await sending
  })

  socketTest('a peer of the target that only stops sending is no end', async (t) => {
    const [sender, source] = await TCP(t)
    const [target, receiver] = await TCP(t)
    const splicing = splice(source, target)
    receiver.shutdown(SHUT_WR)
    await everybodyIsTold()
    await sender.sendall(small)
    sender.close()
    assertSameBytes(await receiver.recv(small.length, MSG_WAITALL), small)
    assert.equal(await splicing, small.length)
  })

  socketTest('a pipe as a source, that is slow, and whose descriptor is closed meanwhile', async (t) => {
    const [left, right] = await Unix(t)
    const [reading, writing] = openPipe(t)
    const child = spawn('sh', ['-c', 'read x; printf "one "; read x; printf "two"'], {
      stdio: ['pipe', writing, 'inherit'],
    })
    const splicing = splice(reading, left)
    closeEnd(reading)
    closeEnd(writing)
    child.stdin!.write('go\n')
    assert.equal(String(await right.recv(4, MSG_WAITALL)), 'one ')
    child.stdin!.write('go\n')
    assert.equal(await splicing, 7)
    assert.equal(String(await right.recv(3, MSG_WAITALL)), 'two')
    await new Promise((resolve) => child.once('close', resolve))
  })

  socketTest('a pipe as a target, that is full, and then has no reader', async (t) => {
    const [sender, source] = await Unix(t)
    const [reading, writing] = openPipe(t)
    const progress: SpliceProgress = { moved: 0 }
    const splicing = splice(source, writing, { progress })
    const sending = sender.sendall(pattern(1_000_000)).catch(() => {})
    for (let turn = 0; turn < 20; turn++) await everybodyIsTold()
    const received = Buffer.alloc(progress.moved)
    assert.ok(received.length > 0)
    assert.equal(native.read(reading, received, 0, received.length), received.length)
    assertSameBytes(received, pattern(1_000_000).subarray(0, received.length))
    closeEnd(reading)
    await assert.rejects(splicing, { code: 'EPIPE' })
    source.close()
    await sending
  })

  socketTest('others have their turn while two files and sockets are always ready', async (t) => {
    const [left, right] = await Unix(t)
    const file = openSync('/dev/zero', 'r')
    t.after(() => closeSync(file))
    const drain = openSync('/dev/null', 'w')
    t.after(() => closeSync(drain))
    const progress: SpliceProgress = { moved: 0 }
    const controller = new AbortController()
    const splicings = [
      splice(file, left, { progress, signal: controller.signal }),
      splice(right, drain, { signal: controller.signal }),
    ]
    while (progress.moved < 100_000_000) await everybodyIsTold()
    controller.abort()
    for (const splicing of splicings) await assert.rejects(splicing, { name: 'AbortError' })
  })
})

test("an idle splice that is unref'd keeps no process alive", async () => {
  const program = `
    import { socketpair, splice } from 'berkeley'
    const [a] = socketpair(), [b] = socketpair()
    for (const socket of [a, b]) socket.unref()
    splice(a, b)
  `
  const child = spawn(process.execPath, ['--input-type=module', '--no-warnings', '-e', program], {
    stdio: 'inherit',
    cwd: import.meta.dirname,
  })
  assert.equal(await new Promise((resolve) => child.once('close', resolve)), 0)
})
