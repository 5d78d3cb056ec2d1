// recvmsg, recvmsgInto and sendmsg: pieces, control data, flags and addresses.
import assert from 'node:assert/strict'
import {
  AF_INET,
  CMSG_LEN,
  CMSG_SPACE,
  IP_PKTINFO,
  IP_TTL,
  IPPROTO_IP,
  MSG_CTRUNC,
  MSG_EOR,
  MSG_PEEK,
  MSG_TRUNC,
  SCM_CREDENTIALS,
  SCM_RIGHTS,
  SO_PASSCRED,
  SOCK_SEQPACKET,
  SOL_SOCKET,
} from 'berkeley'
import { socketTest } from '../scope.ts'
import type { World } from '../worlds.ts'

/** More than the shared memory holds, and more than the control data that needs none of its own. */
const LARGE = 200_000
const LARGE_CONTROL = 10_000

export function messagesSuite(world: World): void {
  const { call, can } = world

  socketTest('sendmsg sends its pieces as one', async (t) => {
    const [left, right] = await world.pair(t)
    const pieces = ['one ', Buffer.from('two '), new Uint16Array([0x4141]), new ArrayBuffer(0)]
    assert.equal(await call(left, 'sendmsg', pieces), 10)
    const [data, ancillary] = await call(right, 'recvmsg', 100)
    assert.equal(String(data), 'one two AA')
    assert.deepEqual(ancillary, [])
  })

  if (can.overlap) {
    socketTest('sendmsg takes any iterable', async (t) => {
      const [left, right] = await world.pair(t)
      assert.equal(await call(left, 'sendmsg', new Set(['a', 'b']).values(), new Set<never>()), 2)
      assert.equal(String((await call(right, 'recvmsg', 100))[0]), 'ab')
    })
  }

  socketTest('recvmsgInto fills the pieces in their order', async (t) => {
    const [left, right] = await world.pair(t)
    await call(left, 'sendall', 'abcdefgh')
    const pieces = [Buffer.alloc(3), new DataView(new ArrayBuffer(1)), Buffer.alloc(10)] as const
    const [count, ancillary] = await call(right, 'recvmsgInto', pieces)
    assert.equal(count, 8)
    assert.deepEqual(ancillary, [])
    assert.equal(String(pieces[0]), 'abc')
    assert.equal(pieces[1].getUint8(0), 'd'.charCodeAt(0))
    assert.equal(String(pieces[2].subarray(0, 4)), 'efgh')
  })

  socketTest('recvmsg obeys its flags, in both places', async (t) => {
    const [left, right] = await world.pair(t)
    await call(left, 'sendall', 'abc')
    assert.equal(String((await call(right, 'recvmsg', 100, 0, MSG_PEEK))[0]), 'abc')
    if (can.overlap) {
      assert.equal(String((await call(right, 'recvmsg', 100, { flags: MSG_PEEK }))[0]), 'abc')
    }
    const memory = Buffer.alloc(3)
    assert.equal((await call(right, 'recvmsgInto', [memory], 0, MSG_PEEK))[0], 3)
    assert.equal((await call(right, 'recvmsgInto', [memory]))[0], 3)
  })

  socketTest('results of recvmsg stay as they are', async (t) => {
    const [left, right] = await world.pair(t)
    await call(left, 'sendall', 'first')
    const [first] = await call(right, 'recvmsg', 100)
    await call(left, 'sendall', 'other')
    const [second] = await call(right, 'recvmsg', LARGE)
    assert.deepEqual([String(first), String(second)], ['first', 'other'])
  })

  socketTest('more than 1024 pieces are refused', async (t) => {
    const [left, right] = await world.pair(t)
    const pieces = (count: number) => Array.from({ length: count }, () => Buffer.from('x'))
    assert.equal(await call(left, 'sendmsg', pieces(1024)), 1024)
    await assert.rejects(call(left, 'sendmsg', pieces(1025)), { code: 'EMSGSIZE', syscall: 'sendmsg' })
    await assert.rejects(call(right, 'recvmsgInto', pieces(1025)), {
      code: 'EMSGSIZE',
      syscall: 'recvmsgInto',
    })
    assert.equal((await call(right, 'recvmsgInto', pieces(1024)))[0], 1024)
  })

  if (!can.stream) {
    socketTest('a message that was cut off says so', async (t) => {
      const [left, right] = await world.pair(t)
      await call(left, 'send', 'too long')
      const [data, , flags] = await call(right, 'recvmsg', 3)
      assert.equal(String(data), 'too')
      assert.equal(flags & MSG_TRUNC, MSG_TRUNC)
      await call(left, 'send', 'fits')
      const [, , whole] = await call(right, 'recvmsg', 4)
      assert.equal(whole & ~MSG_EOR, 0)
    })

    socketTest('a large message arrives whole', async (t) => {
      const [left, right] = await world.pair(t)
      const large = Buffer.alloc(60_000, 'abcdefg')
      await call(left, 'sendmsg', [large.subarray(0, 9), large.subarray(9)])
      assert.deepEqual((await call(right, 'recvmsg', LARGE))[0], large)
    })
  }

  if (can.datagram && can.name) {
    socketTest('sendmsg sends to an address, recvmsg tells the sender', async (t) => {
      const sender = world.bound(t)
      const receiver = world.bound(t)
      await call(sender, 'sendmsg', ['hello'], [], 0, receiver.getsockname() as never)
      const [data, , , address] = await call(receiver, 'recvmsg', 100)
      assert.equal(String(data), 'hello')
      assert.deepEqual(address, sender.getsockname())
      await call(receiver, 'sendmsg', ['back'], undefined, undefined, address as never)
      assert.equal(String((await call(sender, 'recvmsgInto', [Buffer.alloc(9)]))[0]), '4')
    })
  }

  if (world.family === AF_INET && can.datagram) {
    socketTest('control data that the kernel sends, and control data for the kernel', async (t) => {
      const [left, right] = await world.pair(t)
      right.setsockopt(IPPROTO_IP, IP_PKTINFO, true)
      const ttl = Buffer.from(new Int32Array([7]).buffer)
      await call(left, 'sendmsg', ['x'], [[IPPROTO_IP, IP_TTL, ttl]])
      const [, ancillary, flags] = await call(right, 'recvmsg', 10, CMSG_SPACE(12))
      assert.equal(ancillary.length, 1)
      const [level, type, data] = ancillary[0]!
      assert.deepEqual([level, type, data.length, flags], [IPPROTO_IP, IP_PKTINFO, 12, 0])
      assert.deepEqual([...data.subarray(8)], [127, 0, 0, 1])
    })
  }

  if (!can.internet) {
    socketTest('control messages keep their order and their borders', async (t) => {
      const [left, right] = await world.pair(t)
      right.setsockopt(SOL_SOCKET, SO_PASSCRED, true)
      const credentials = Buffer.from(
        new Int32Array([process.pid, process.getuid!(), process.getgid!()]).buffer,
      )
      const rights = Buffer.from(new Int32Array([left.fileno(), right.fileno()]).buffer)
      const messages = [
        [SOL_SOCKET, SCM_CREDENTIALS, credentials],
        [SOL_SOCKET, SCM_RIGHTS, rights],
      ] as const
      await call(left, 'sendmsg', ['x'], messages)
      const room = CMSG_SPACE(credentials.length) + CMSG_SPACE(rights.length)
      const [, ancillary, flags] = await call(right, 'recvmsg', 10, room + LARGE_CONTROL)
      assert.equal(flags & MSG_CTRUNC, 0)
      const byType = new Map(ancillary.map(([level, type, data]) => [`${level} ${type}`, data]))
      assert.deepEqual(byType.get(`${SOL_SOCKET} ${SCM_CREDENTIALS}`), credentials)
      const received = byType.get(`${SOL_SOCKET} ${SCM_RIGHTS}`)!
      const fds = new Int32Array(Uint8Array.from(received).buffer)
      assert.equal(fds.length, 2)
      for (const fd of fds) world.library.close(fd)
    })

    socketTest('control data without enough room is cut off, and the flags say so', async (t) => {
      const [left, right] = await world.pair(t)
      const rights = Buffer.from(new Int32Array([left.fileno(), right.fileno()]).buffer)
      await call(left, 'sendmsg', ['x'], [[SOL_SOCKET, SCM_RIGHTS, rights]])
      const [, ancillary, flags] = await call(right, 'recvmsg', 10, CMSG_LEN(4))
      assert.equal(flags & MSG_CTRUNC, MSG_CTRUNC)
      assert.equal(ancillary.length, 1)
      assert.equal(ancillary[0]![2].length, 4)
      world.library.close(ancillary[0]![2].readInt32LE())
    })
  }

  if (world.type === SOCK_SEQPACKET) {
    socketTest('a record has its end', async (t) => {
      const [left, right] = await world.pair(t)
      await call(left, 'sendmsg', ['record'], [], MSG_EOR)
      const [, , flags] = await call(right, 'recvmsg', 100)
      assert.equal(flags & MSG_TRUNC, 0)
    })
  }
}
