// sendfile: which file, from where, how much, and files that are no ordinary ones.
import assert from 'node:assert/strict'
import {
  closeSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { open as openFile } from 'node:fs/promises'
import { EINVAL, TimeoutError } from 'berkeley'
import { native } from '#sys/native.js'
import { type Scope, socketTest } from '../scope.ts'
import { withFaults } from '../switch.ts'
import { assertNothingToReceive, assertSameBytes, pattern, receive } from '../traffic.ts'
import { type AnySocket, freePath, type World } from '../worlds.ts'

const small = pattern(300_000)
const large = pattern(8_000_000)

/** A file with these bytes, open for reading and writing, that is gone after the test. */
function fileWith(t: Scope, data: Uint8Array | string): number {
  const path = freePath()
  writeFileSync(path, data)
  const descriptor = openSync(path, 'r+')
  t.after(() => closeSync(descriptor))
  return descriptor
}

/** Where this process has a long piece of memory that does not change: the program itself. */
function addressOfReadableMemory(): number {
  const program = realpathSync(process.execPath)
  for (const line of readFileSync('/proc/self/maps', 'utf8').split('\n')) {
    const [range = '', rights, , , , path] = line.split(/\s+/)
    const [from, to] = range.split('-').map((address) => Number.parseInt(address, 16))
    if (path === program && rights?.startsWith('r-') && to! - from! > 200_000) return from!
  }
  throw new Error('no such memory')
}

export function sendfileSuite(world: World): void {
  const { can, call, begin, pair } = world

  if (!can.stream) {
    socketTest('sendfile is for streams', async (t) => {
      const [sender] = await pair(t)
      await assert.rejects(call(sender, 'sendfile', fileWith(t, 'x')), (error: Error) => {
        assert.ok(error instanceof RangeError)
        assert.match(error.message, /sendfile.*SOCK_STREAM/)
        return true
      })
    })
    return
  }

  /** Sends, receives what should come, and sees that no more comes. */
  async function check(
    sender: AnySocket,
    receiver: AnySocket,
    args: readonly unknown[],
    expected: Uint8Array,
  ) {
    const sending = call(sender, 'sendfile', ...(args as [number]))
    assertSameBytes(await receive(world, receiver, expected.length), expected)
    assert.equal(await sending, expected.length)
    await assertNothingToReceive(world, receiver)
  }

  for (const [title, args, expected] of [
    ['all of it', [], small],
    ['from an offset', [100_001], small.subarray(100_001)],
    ['so much', [0, 70_000], small.subarray(0, 70_000)],
    ['so much from an offset', [1000, 7], small.subarray(1000, 1007)],
    ['null for as much as there is', [299_990, null], small.subarray(299_990)],
    ['undefined for the defaults', [undefined, undefined], small],
    ['no more than there is', [0, 400_000], small],
    ['nothing from behind the end', [300_000], Buffer.alloc(0)],
    ['nothing from far behind the end', [2 ** 33, 5], Buffer.alloc(0)],
  ] as const) {
    socketTest(`sendfile sends ${title}`, async (t) => {
      const [sender, receiver] = await pair(t)
      await check(sender, receiver, [fileWith(t, small), ...args], expected)
    })
  }

  socketTest('sendfile takes a FileHandle, and its position is neither used nor moved', async (t) => {
    const [sender, receiver] = await pair(t)
    const file = await openFile(freePath(), 'w+')
    t.after(() => file.close())
    await file.write(small)
    const { fd } = file
    readSync(fd, Buffer.alloc(1), 0, 1, null)
    await check(sender, receiver, [file, 5, 1000], small.subarray(5, 1005))
    assert.equal(file.fd, fd)

    const descriptor = fileWith(t, 'abcdef')
    const read = (): string => {
      const letter = Buffer.alloc(1)
      readSync(descriptor, letter)
      return String(letter)
    }
    assert.equal(read(), 'a')
    await check(sender, receiver, [descriptor], Buffer.from('abcdef'))
    assert.equal(read(), 'b')
  })

  socketTest('sendfile of more than the buffers hold waits for the reader', async (t) => {
    const [sender, receiver] = await pair(t)
    const { waiting, result } = begin(sender, 'sendfile', fileWith(t, large))
    await waiting
    assertSameBytes(await receive(world, receiver, large.length), large)
    assert.equal(await result, large.length)
  })

  socketTest('sendfile of a file that shrinks meanwhile ends where the file ends', async (t) => {
    const [sender, receiver] = await pair(t)
    const descriptor = fileWith(t, large)
    const { waiting, result } = begin(sender, 'sendfile', descriptor)
    await waiting
    ftruncateSync(descriptor, 7_000_000)
    const received = await receive(world, receiver, 7_000_000)
    assert.equal(await result, 7_000_000)
    // What the socket had taken as pages when it shrank may read as zeros.
    assertSameBytes(received.subarray(0, 1_000_000), large.subarray(0, 1_000_000))
    await assertNothingToReceive(world, receiver)
  })

  socketTest('sendfile of a file that grows meanwhile goes on to its new end', async (t) => {
    const [sender, receiver] = await pair(t)
    const descriptor = fileWith(t, large)
    const { waiting, result } = begin(sender, 'sendfile', descriptor)
    await waiting
    writeSync(descriptor, small, 0, small.length, large.length)
    const received = await receive(world, receiver, large.length + small.length)
    assert.equal(await result, received.length)
    assertSameBytes(received.subarray(large.length), small)
    await assertNothingToReceive(world, receiver)
  })

  // Of 6 GiB, nearly all of which is a hole: positions that are no 32-bit numbers, signed or unsigned.
  for (const start of [2 ** 31 - 100, 2 ** 32 - 100, 2 ** 32 + 2 ** 30]) {
    for (const [way, faults] of Object.entries({ sent: {}, copied: { sendfile: 'EINVAL' } } as const)) {
      socketTest(`sendfile from ${start} on, ${way}`, async (t) => {
        const [sender, receiver] = await pair(t)
        const descriptor = fileWith(t, '')
        writeSync(descriptor, small, 0, 1000, start)
        ftruncateSync(descriptor, 6 * 2 ** 30)
        // It need not wait, so the blocking form can be asked on the test's own thread, where the switch is.
        const direct = sender as unknown as { sendfile(file: number, offset: number, count: number): unknown }
        assert.equal(await withFaults(faults, () => direct.sendfile(descriptor, start, 2000)), 2000)
        const expected = Buffer.concat([small.subarray(0, 1000), Buffer.alloc(1000)])
        assertSameBytes(await receive(world, receiver, 2000), expected)
        // Near the end, however much is asked for.
        assert.equal(await direct.sendfile(descriptor, 6 * 2 ** 30 - 5, 2 ** 40), 5)
        assertSameBytes(await receive(world, receiver, 5), Buffer.alloc(5))
      })
    }
  }

  for (const path of ['/proc/version', '/proc/self/cmdline']) {
    socketTest(`sendfile of ${path}, which tells no size`, async (t) => {
      const [sender, receiver] = await pair(t)
      const content = readFileSync(path)
      const descriptor = openSync(path, 'r')
      t.after(() => closeSync(descriptor))
      await check(sender, receiver, [descriptor], content)
      await check(sender, receiver, [descriptor, 6, 7], content.subarray(6, 13))
    })
  }

  socketTest('sendfile copies what the kernel cannot send by itself', async (t) => {
    const [sender, receiver] = await pair(t)
    // The memory of this process is such a file; here is a piece of it, longer than what is copied at a time.
    const descriptor = openSync('/proc/self/mem', 'r')
    t.after(() => closeSync(descriptor))
    const start = addressOfReadableMemory()
    assert.equal(native.sendfile(sender.fileno(), descriptor, start, 1), -EINVAL)
    const content = Buffer.alloc(150_000)
    readSync(descriptor, content, 0, content.length, start)
    await check(sender, receiver, [descriptor, start, content.length], content)
  })

  socketTest('sendfile lets the kernel send what it can', async (t) => {
    const [sender, receiver] = await pair(t)
    const descriptor = fileWith(t, small.subarray(0, 1000))
    // It need not wait, so the blocking form can be asked on the test's own thread, where the switch is.
    const direct = sender as unknown as { sendfile(file: number): unknown }
    const moved: unknown[] = []
    const watch =
      (real: typeof native.sendfile) => (out: number, from: number, offset: number, count: number) => {
        moved.push(real(out, from, offset, count))
        return moved.at(-1) as number
      }
    assert.equal(await withFaults({ sendfile: watch }, () => direct.sendfile(descriptor)), 1000)
    assert.equal(moved[0], 1000)
    assertSameBytes(await receive(world, receiver, 1000), small.subarray(0, 1000))
  })

  socketTest('sendfile with a time limit gives up when it is over', async (t) => {
    const [sender, receiver] = await pair(t)
    sender.settimeout(0.02)
    const { waiting, result } = begin(sender, 'sendfile', fileWith(t, large))
    await waiting
    await assert.rejects(result, TimeoutError)
    assertSameBytes(await receive(world, receiver, 100_000), large.subarray(0, 100_000))
  })

  socketTest('sendfile refuses what is no file, and what is closed', async (t) => {
    const [sender] = await pair(t)
    await assert.rejects(call(sender, 'sendfile', 1_000_000), { code: 'EBADF', syscall: 'sendfile' })
    await assert.rejects(call(sender, 'sendfile', sender.fileno()), { code: 'ESPIPE', syscall: 'sendfile' })
    const file = await openFile('/proc/version')
    await file.close()
    await assert.rejects(call(sender, 'sendfile', file), RangeError)
    await assert.rejects(call(sender, 'sendfile', 'a path' as never), TypeError)
    const ordinary = fileWith(t, 'x')
    for (const count of [0, -1]) {
      await assert.rejects(
        call(sender, 'sendfile', ordinary, 0, count),
        (error) => error instanceof RangeError,
      )
    }
    await assert.rejects(call(sender, 'sendfile', ordinary, -1), RangeError)
  })

  if (can.overlap) {
    for (const [title, before] of Object.entries({ offset: [], count: [0], options: [0, null] })) {
      socketTest(`sendfile takes { signal } in the place of ${title}`, async (t) => {
        const [sender] = await pair(t)
        const controller = new AbortController()
        const args = [fileWith(t, large), ...before, { signal: controller.signal }]
        const { waiting, result } = begin(sender, 'sendfile', ...(args as [number]))
        await waiting
        controller.abort(new Error('enough'))
        await assert.rejects(result, /enough/)
      })
    }

    socketTest('sendfile gives others a turn, however fast it is', async (t) => {
      const [sender] = await pair(t)
      let [calls, turns] = [0, 0]
      const next = (): void => {
        turns++
        if (calls < 100) setImmediate(next)
      }
      setImmediate(next)
      // A socket that takes everything at once.
      const swallow = () => (_out: number, _from: number, _offset: number, count: number) => {
        calls++
        return count
      }
      const sent = await withFaults({ sendfile: swallow }, () =>
        call(sender, 'sendfile', fileWith(t, 'x'), 0, 100 * 2 ** 20),
      )
      assert.equal(sent, 100 * 2 ** 20)
      // Events that come between may make two turns one.
      assert.ok(turns >= 5, `${turns} turns for ${calls} calls`)
    })

    socketTest('a sendfile that yields can be aborted', async (t) => {
      const [sender] = await pair(t)
      const controller = new AbortController()
      setImmediate(() => controller.abort(new Error('enough')))
      const swallow = () => (_out: number, _from: number, _offset: number, count: number) => count
      await withFaults({ sendfile: swallow }, () =>
        assert.rejects(
          call(sender, 'sendfile', fileWith(t, 'x'), 0, 2 ** 50, { signal: controller.signal }),
          /enough/,
        ),
      )
    })

    socketTest('a sendall after a sendfile that waits comes after the file', async (t) => {
      const [sender, receiver] = await pair(t)
      const sending = [call(sender, 'sendfile', fileWith(t, large)), call(sender, 'sendall', 'behind')]
      assertSameBytes(await receive(world, receiver, large.length), large)
      assert.equal(String(await receive(world, receiver, 6)), 'behind')
      await Promise.all(sending)
    })
  }
}
