// Descriptors passed to another process and back: to CPython and from it, as many as fit, very often, without a leak.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { MSG_CTRUNC, MSG_DONTWAIT, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_STREAM, type Socket } from 'berkeley'
import { leavesNothingOpen } from './descriptors.ts'
import { type Form, forms } from './forms.ts'
import { packageRoot } from './package-root.ts'
import { warmUp } from './worlds.ts'

const MOST = 253
const OFTEN = 10_000
const program = join(packageRoot, 'test/python/rights.py')
const folder = mkdtempSync(join(tmpdir(), 'berkeley-rights-'))
const path = join(folder, 'file')
writeFileSync(path, 'content')
before(warmUp)
after(() => rmSync(folder, { recursive: true }))

type Pair = [Socket<number>, Socket<number>]

function pairOf({ library }: Form, type: number = SOCK_STREAM): Pair {
  return library.socketpair(undefined, type) as unknown as Pair
}

/** CPython with one end of a pair as its standard input; `talk` has the other. */
async function withPython(
  form: Form,
  args: string[],
  talk: (ours: Socket<number>) => Promise<void>,
): Promise<void> {
  const [ours, theirs] = pairOf(form)
  const child = spawn('python3', [program, ...args], { stdio: [theirs.fileno(), 'inherit', 'inherit'] })
  const exit = once(child, 'exit')
  theirs.close()
  try {
    await talk(ours)
  } finally {
    ours.close()
  }
  assert.deepEqual(await exit, [0, null])
}

function flagsOf(fd: number): string {
  return /flags:\s+(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))![1]!
}

const CLOSE_ON_EXEC = 0o2000000

for (const form of forms) {
  const { library } = form
  describe(`${form.name}: descriptors`, () => {
    for (const [name, type] of Object.entries({
      stream: SOCK_STREAM,
      datagram: SOCK_DGRAM,
      seqpacket: SOCK_SEQPACKET,
    })) {
      test(`pass over a ${name} socket, close-on-exec`, () =>
        leavesNothingOpen(async () => {
          const [left, right] = pairOf(form, type)
          const file = openSync(path, 'r')
          assert.equal(await library.sendFds(left, ['a ', 'file'], [file, left.fileno()]), 6)
          closeSync(file)
          const [data, fds, flags] = await library.recvFds(right, 100, 2)
          assert.equal(String(data), 'a file')
          assert.equal(flags & MSG_CTRUNC, 0)
          assert.equal(fds.length, 2)
          const content = Buffer.alloc(7)
          readSync(fds[0]!, content)
          assert.equal(String(content), 'content')
          for (const fd of fds) {
            assert.equal(Number.parseInt(flagsOf(fd), 8) & CLOSE_ON_EXEC, CLOSE_ON_EXEC)
            library.close(fd)
          }
          left.close()
          right.close()
        }))
    }

    test('go to an address, with flags', () =>
      leavesNothingOpen(async () => {
        const receiver = new library.Socket(1, SOCK_DGRAM)
        receiver.bind('')
        const sender = new library.Socket(1, SOCK_DGRAM)
        await library.sendFds(sender as never, ['x'], [0], MSG_DONTWAIT, receiver.getsockname() as never)
        const [, fds] = await library.recvFds(receiver as never, 10, 1, MSG_DONTWAIT)
        library.close(fds[0]!)
        await assert.rejects(async () => library.recvFds(receiver as never, 10, 1, MSG_DONTWAIT), {
          code: 'EAGAIN',
        })
        sender.close()
        receiver.close()
      }))

    test('beyond 253 are refused, and without room are closed', () =>
      leavesNothingOpen(async () => {
        const [left, right] = pairOf(form)
        const many = (count: number) => Array.from({ length: count }, () => left.fileno())
        await assert.rejects(async () => library.sendFds(left, ['x'], many(MOST + 1)), {
          name: 'RangeError',
          message: /sendFds\(\): fds must be at most 253 descriptors, got 254/,
        })
        await library.sendFds(left, ['x'], many(MOST))
        const [, fds, flags] = await library.recvFds(right, 10, 4)
        assert.equal(flags & MSG_CTRUNC, MSG_CTRUNC)
        assert.equal(fds.length, 4)
        for (const fd of fds) library.close(fd)
        await assert.rejects(async () => library.sendFds(left, ['x'], [1_000_000]), { code: 'EBADF' })
        await assert.rejects(
          async () => library.sendFds({} as never, ['x'], [0]),
          /sendFds\(\): socket must be a Socket/,
        )
        left.close()
        right.close()
      }))

    test(`come from CPython, ${MOST} at once and ${OFTEN} times`, () =>
      leavesNothingOpen(async () => {
        for (const [count, times] of [
          [MOST, 3],
          [1, OFTEN],
        ] as const) {
          await withPython(form, ['send', `${count}`, `${times}`], async (ours) => {
            for (let number = 0; number < times; number++) {
              const [data, fds] = await library.recvFds(ours, 100, MOST)
              assert.equal(String(data), 'descriptors')
              assert.equal(fds.length, count)
              const content = Buffer.alloc(10)
              assert.equal(String(content.subarray(0, readSync(fds.at(-1)!, content))), String(number))
              for (const fd of fds) library.close(fd)
              await ours.sendall('.')
            }
          })
        }
      }))

    test(`go to CPython, ${MOST} at once and ${OFTEN} times`, () =>
      leavesNothingOpen(async () => {
        const plan = [MOST, ...Array.from({ length: OFTEN }, () => 1)]
        await withPython(form, ['receive', `${plan.length}`], async (ours) => {
          for (const count of plan) {
            const file = openSync(path, 'r')
            await library.sendFds(
              ours,
              ['x'],
              Array.from({ length: count }, () => file),
            )
            closeSync(file)
            assert.equal(String(await ours.recv(100)), `${count} 0 content`)
          }
        })
      }))
  })
}
