// Whose a descriptor is: fileno, dup, detach, adopting, inheriting, and closing at the end of a block.
import assert from 'node:assert/strict'
import { closeSync, fstatSync, openSync } from 'node:fs'
import { AF_INET, AF_UNIX, close, SOCK_CLOEXEC, SOCK_DGRAM, SOCK_NONBLOCK, SOCK_STREAM } from 'berkeley'
import { native } from '#sys/native.js'
import { type Scope, socketTest } from '../scope.ts'
import { closing, type World } from '../worlds.ts'

const O_NONBLOCK = SOCK_NONBLOCK

const isOpen = (descriptor: number): boolean => native.get_status_flags(descriptor) >= 0
const isNonBlocking = (descriptor: number): boolean =>
  (native.get_status_flags(descriptor) & O_NONBLOCK) !== 0

/** A descriptor as another program may leave it to us: blocking. */
function strangersSocket(t: Scope, family: number, type: number): number {
  const descriptor = native.socket(family, type, 0)
  native.disown(descriptor)
  native.set_status_flags(descriptor, native.get_status_flags(descriptor) & ~O_NONBLOCK)
  t.after(() => native.close(descriptor))
  return descriptor
}

export function ownershipSuite(world: World): void {
  const { call, begin, pair, open, library } = world
  const { fromfd, Socket } = library

  socketTest('fileno is the descriptor of the socket, -1 once it is closed', (t) => {
    const socket = open(t)
    const descriptor = socket.fileno()
    assert.ok(fstatSync(descriptor).isSocket())
    socket.close()
    assert.equal(socket.fileno(), -1)
    assert.throws(() => fstatSync(descriptor), { code: 'EBADF' })
    socket.close()
  })

  socketTest('ref and unref give the socket itself', (t) => {
    const socket = open(t)
    assert.equal(socket.unref(), socket)
    assert.equal(socket.ref(), socket)
  })

  socketTest('the constructor makes what it is asked for', (t) => {
    const socket = open(t)
    const { SOL_SOCKET, SO_DOMAIN, SO_TYPE } = library
    assert.deepEqual([socket.family, socket.type, socket.proto], [world.family, world.type, 0])
    assert.equal(socket.getsockopt(SOL_SOCKET, SO_DOMAIN), world.family)
    assert.equal(socket.getsockopt(SOL_SOCKET, SO_TYPE), world.type)
    assert.ok(isNonBlocking(socket.fileno()))
    assert.throws(() => new Socket<number>(world.family, world.type, 255), { code: 'EPROTONOSUPPORT' })
  })

  socketTest('type flags are taken out of the type', (t) => {
    const socket = closing(t, new Socket<number>(world.family, world.type | SOCK_CLOEXEC))
    assert.deepEqual([socket.type, socket.timeout], [world.type, null])
  })

  socketTest('dup is a second socket over the same connection', async (t) => {
    const [left, right] = await pair(t)
    left.settimeout(5)
    const second = closing(t, left.dup())
    assert.notEqual(second.fileno(), left.fileno())
    assert.ok(second instanceof Socket)
    assert.deepEqual(
      [second.family, second.type, second.proto, second.timeout],
      [left.family, left.type, left.proto, 5],
    )
    assert.equal(second.getInheritable(), false)
    assert.deepEqual(second.getpeername(), left.getpeername())
    left.close()
    await call(second, 'send', 'by the second')
    assert.equal(String(await call(right, 'recv', 100)), 'by the second')
    assert.throws(() => left.dup(), { code: 'EBADF' })
  })

  socketTest('of a socket and its duplicate each waits for itself', async (t) => {
    const [left, right] = await pair(t)
    const second = closing(t, left.dup())
    const [first, other] = [begin(left, 'recv', 1), begin(second, 'recv', 1)]
    await first.waiting
    await other.waiting
    await call(right, 'send', 'a')
    const early = await Promise.race([first.result, other.result])
    assert.equal(String(early), 'a')
    await call(right, 'send', 'b')
    assert.deepEqual((await Promise.all([first.result, other.result])).map(String).sort(), ['a', 'b'])
  })

  socketTest('detach gives the descriptor away', async (t) => {
    const [left, right] = await pair(t)
    const descriptor = left.fileno()
    assert.equal(left.detach(), descriptor)
    t.after(() => close(descriptor))
    assert.equal(left.fileno(), -1)
    assert.equal(left.detach(), -1)
    left.close()
    assert.ok(isOpen(descriptor))
    await assert.rejects(call(left, 'send', 'x'), { code: 'EBADF' })
    const again = new Socket<number>(undefined, undefined, undefined, descriptor)
    await call(again, 'send', 'goes on')
    assert.equal(String(await call(right, 'recv', 100)), 'goes on')
    again.detach()
  })

  socketTest('an adopted descriptor is asked what it is', async (t) => {
    const [left] = await pair(t)
    const descriptor = left.detach()
    const adopted = closing(t, new Socket<number>(undefined, undefined, undefined, descriptor))
    assert.equal(adopted.fileno(), descriptor)
    assert.deepEqual(
      [adopted.family, adopted.type, adopted.proto],
      [left.family, left.type, protocolOf(world)],
    )
  })

  socketTest('what is said of an adopted descriptor is believed', (t) => {
    const descriptor = open(t).detach()
    const adopted = closing(t, new Socket<number>(77, 78, 79, descriptor))
    assert.deepEqual([adopted.family, adopted.type, adopted.proto], [77, 78, 79])
  })

  socketTest('an adopted descriptor gets its status flags back', (t) => {
    const descriptor = strangersSocket(t, world.family, world.type)
    const adopted = new Socket<number>(undefined, undefined, undefined, descriptor)
    assert.ok(isNonBlocking(descriptor))
    assert.equal(adopted.timeout, null)
    assert.equal(adopted.detach(), descriptor)
    assert.ok(!isNonBlocking(descriptor))
  })

  socketTest('what was non-blocking stays so', (t) => {
    const descriptor = strangersSocket(t, world.family, world.type)
    native.set_status_flags(descriptor, native.get_status_flags(descriptor) | O_NONBLOCK)
    new Socket<number>(undefined, undefined, undefined, descriptor).detach()
    assert.ok(isNonBlocking(descriptor))
  })

  socketTest('what is no socket is not adopted and not closed', () => {
    assert.throws(() => new Socket<number>(undefined, undefined, undefined, 0x7ffffff), { code: 'EBADF' })
    const file = openSync('/dev/null', 'r')
    assert.throws(() => new Socket<number>(undefined, undefined, undefined, file), { code: 'ENOTSOCK' })
    assert.throws(() => fromfd(file), { code: 'ENOTSOCK' })
    closeSync(file)
  })

  socketTest('fromfd duplicates, and leaves the descriptor itself alone', async (t) => {
    const [left, right] = await pair(t)
    const copy = closing(t, fromfd<number>(left.fileno()))
    assert.notEqual(copy.fileno(), left.fileno())
    assert.deepEqual([copy.family, copy.type], [left.family, left.type])
    assert.equal(copy.getInheritable(), false)
    await call(copy, 'send', 'by the copy')
    copy.close()
    assert.ok(isOpen(left.fileno()))
    assert.equal(String(await call(right, 'recv', 100)), 'by the copy')
    const said = closing(t, fromfd(left.fileno(), 77, 78, 79))
    assert.deepEqual([said.family, said.type, said.proto], [77, 78, 79])
  })

  socketTest('dup and close are for descriptors', (t) => {
    const socket = open(t)
    const copy = library.dup(socket.fileno())
    assert.ok(isOpen(copy) && copy !== socket.fileno())
    assert.equal(native.get_inheritable(copy), 0)
    library.close(copy)
    assert.ok(!isOpen(copy))
    assert.throws(() => library.close(copy), { code: 'EBADF', syscall: 'close' })
    assert.throws(() => library.dup(copy), { code: 'EBADF', syscall: 'dup' })
  })

  socketTest('getInheritable and setInheritable', (t) => {
    const socket = open(t)
    const inherited = (): boolean => native.get_inheritable(socket.fileno()) === 1
    for (const value of [true, false, true]) {
      if (socket.getInheritable() !== value) socket.setInheritable(value)
      assert.deepEqual([socket.getInheritable(), inherited()], [value, value])
    }
  })

  socketTest('using and await using close the socket at the end of the block', async (t) => {
    let socket: { fileno(): number }
    {
      using held = new Socket<number>(world.family, world.type)
      socket = held
      assert.notEqual(held.fileno(), -1)
    }
    assert.equal(socket.fileno(), -1)
    if (world.can.overlap) {
      await using held = new Socket<number>(world.family, world.type)
      t.after(() => assert.equal(held.fileno(), -1))
    } else assert.ok(!(Symbol.asyncDispose in socket))
  })

  socketTest('a closed descriptor number that is used again is not touched', async (t) => {
    const [left] = await pair(t)
    const stale = left.fileno()
    left.close()
    const [heir] = await pair(t)
    assert.ok(isOpen(stale), 'the number is in use again')
    left.close()
    await assert.rejects(call(left, 'send', 'x'), { code: 'EBADF' })
    await assert.rejects(call(left, 'recv', 1), { code: 'EBADF' })
    assert.throws(() => left.shutdown(2), { code: 'EBADF' })
    assert.notEqual(heir.getsockname(), undefined)
  })

  if (!world.can.name) {
    socketTest('socketpair makes what it is asked for', (t) => {
      for (const socket of library.socketpair(AF_UNIX, world.type, 0)) {
        closing(t, socket)
        assert.deepEqual([socket.family, socket.type, socket.proto], [AF_UNIX, world.type, 0])
        assert.ok(socket instanceof Socket && !socket.getInheritable())
      }
      for (const socket of library.socketpair()) {
        assert.deepEqual([closing(t, socket).family, socket.type], [AF_UNIX, SOCK_STREAM])
      }
      for (const socket of library.socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK)) {
        assert.deepEqual([closing(t, socket).type, socket.timeout], [SOCK_DGRAM, 0])
      }
      assert.throws(() => library.socketpair(AF_INET), { errno: library.ENOTSUP, syscall: 'socketpair' })
      assert.throws(() => library.socketpair(AF_UNIX, SOCK_STREAM, 99), { code: 'EPROTONOSUPPORT' })
    })
  }
}

function protocolOf({ can, library }: World): number {
  if (!can.internet) return 0
  return can.stream ? library.IPPROTO_TCP : library.IPPROTO_UDP
}
