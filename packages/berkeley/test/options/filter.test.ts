// Programs of classic BPF that are attached by the library itself: they drop, choose, are read back and locked.
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { before, describe, test } from 'node:test'
import {
  AF_INET,
  AF_PACKET,
  bpf,
  ETH_P_IP,
  PACKET_FANOUT,
  PACKET_FANOUT_CBPF,
  SO_ATTACH_FILTER,
  SO_LOCK_FILTER,
  SO_REUSEPORT,
  SOCK_DGRAM,
  SOCK_RAW,
  SOL_PACKET,
  SOL_SOCKET,
  Socket,
  sockFilter,
} from 'berkeley'
import {
  attachFanoutCbpf,
  attachFilter,
  attachReuseportCbpf,
  detachFilter,
  detachReuseportBpf,
  getFilter,
  lockFilter,
} from 'berkeley/options'
import { forms } from '../forms.ts'
import { type Scope, socketTest } from '../scope.ts'
import { warmUp } from '../worlds.ts'

before(warmUp)

const UDP_HEADER = 8

/** Lets datagrams through whose first byte is that of the text. */
const beginsWith = (letter: string) =>
  bpf.program(
    bpf.load(8, UDP_HEADER),
    bpf.jumpIf('==', letter.charCodeAt(0), 'take', 'leave'),
    bpf.label('take'),
    bpf.accept(),
    bpf.label('leave'),
    bpf.drop(),
  )

for (const { name, library } of forms) {
  describe(name, () => {
    function receiver(t: Scope): Socket<typeof AF_INET> {
      const socket = new library.Socket(AF_INET, SOCK_DGRAM)
      t.after(() => socket.close())
      socket.bind(['127.0.0.1', 0])
      socket.settimeout(0)
      return socket
    }

    /** What comes of some datagrams; on the loopback they are there, or dropped, when sendto returns. */
    async function received(socket: Socket<typeof AF_INET>, ...texts: string[]): Promise<string[]> {
      using sender = new Socket(AF_INET, SOCK_DGRAM)
      for (const text of texts) await sender.sendto(text, socket.getsockname())
      const found: string[] = []
      for (;;) {
        try {
          found.push(String(await socket.recv(100)))
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'EAGAIN')
          return found
        }
      }
    }

    for (const [how, given] of [
      ['instructions', beginsWith('a')],
      ['their bytes', sockFilter.encode(beginsWith('a'))],
      ['their bytes in other memory', sockFilter.encode(beginsWith('a')).buffer.slice(0)],
    ] as const) {
      socketTest(`a filter drops what it does not like: ${how}`, async (t) => {
        const socket = receiver(t)
        const program =
          how === 'their bytes in other memory'
            ? new Uint8Array(sockFilter.encode(beginsWith('a'))).buffer
            : given
        attachFilter(socket, program)
        assert.deepEqual(await received(socket, 'a1', 'b2', 'a3'), ['a1', 'a3'])
        attachFilter(socket.fileno(), beginsWith('b'))
        assert.deepEqual(await received(socket, 'a1', 'b2', 'a3'), ['b2'])
        detachFilter(socket)
        assert.deepEqual(await received(socket, 'a1', 'b2', 'a3'), ['a1', 'b2', 'a3'])
        assert.throws(() => detachFilter(socket), { code: 'ENOENT', syscall: 'setsockopt' })
      })
    }

    socketTest('a filter shortens', async (t) => {
      const socket = receiver(t)
      attachFilter(socket, [bpf.accept(UDP_HEADER + 2)])
      assert.deepEqual(await received(socket, 'long'), ['lo'])
    })

    socketTest('the program comes back', (t) => {
      const socket = receiver(t)
      assert.deepEqual(getFilter(socket), [])
      attachFilter(socket, beginsWith('a'))
      assert.deepEqual(getFilter(socket), beginsWith('a'))
      detachFilter(socket)
      assert.deepEqual(getFilter(socket), [])
    })

    // The kernel counts this one option in instructions: taken for bytes, it would write eight times as much.
    socketTest('SO_GET_FILTER writes no more than there is room for', (t) => {
      const socket = receiver(t)
      const program = Array.from({ length: 300 }, () => bpf.accept())
      attachFilter(socket, program)
      const size = sockFilter.encode(program).length
      for (const room of [1, 4, 8, 300, size / 2, size - 1]) {
        assert.throws(() => socket.getsockopt(SOL_SOCKET, SO_ATTACH_FILTER, room), { code: 'EINVAL' })
      }
      assert.throws(() => socket.getsockopt(SOL_SOCKET, SO_ATTACH_FILTER as number), { code: 'EINVAL' })
      for (const room of [size, size + 1, 65_536]) {
        assert.deepEqual(sockFilter.decode(socket.getsockopt(SOL_SOCKET, SO_ATTACH_FILTER, room)), program)
      }
    })

    socketTest('a locked filter stays', async (t) => {
      const socket = receiver(t)
      attachFilter(socket, beginsWith('a'))
      lockFilter(socket)
      assert.equal(socket.getsockopt(SOL_SOCKET, SO_LOCK_FILTER), 1)
      assert.throws(() => detachFilter(socket), { code: 'EPERM' })
      assert.throws(() => attachFilter(socket, [bpf.accept()]), { name: 'PermissionError', code: 'EPERM' })
      assert.deepEqual(await received(socket, 'a1', 'b2'), ['a1'])
    })

    socketTest('a program chooses among those that share a port', async (t) => {
      const sockets = Array.from({ length: 3 }, () => new library.Socket(AF_INET, SOCK_DGRAM))
      for (const socket of sockets) {
        t.after(() => socket.close())
        socket.settimeout(0)
        socket.setsockopt(SOL_SOCKET, SO_REUSEPORT, true)
        socket.bind(socket === sockets[0] ? ['127.0.0.1', 0] : sockets[0]!.getsockname())
      }
      // Here the program sees what follows the header: '0', '1', '2' are the numbers of the sockets.
      attachReuseportCbpf(sockets[1]!, bpf.program(bpf.load(8, 0), bpf.alu('-', 0x30), bpf.acceptA()))
      using sender = new Socket(AF_INET, SOCK_DGRAM)
      for (const text of ['2', '0', '0', '1', '2']) await sender.sendto(text, sockets[0]!.getsockname())
      const found = await Promise.all(sockets.map((socket) => received(socket)))
      assert.deepEqual(found, [['0', '0'], ['1'], ['2', '2']])
      detachReuseportBpf(sockets[0]!)
      assert.throws(() => detachReuseportBpf(sockets[0]!), { code: 'ENOENT' })
    })

    socketTest('what cannot be attached', (t) => {
      const socket = receiver(t)
      const returnsNothing = [bpf.loadImmediate(1)]
      assert.throws(() => attachFilter(socket, returnsNothing), { code: 'EINVAL', syscall: 'setsockopt' })
      assert.throws(() => attachReuseportCbpf(socket, [bpf.accept()]), { code: 'EINVAL' })
      for (const program of [[], Buffer.alloc(0), Buffer.alloc(7), Array(4097).fill(bpf.accept())]) {
        assert.throws(() => attachFilter(socket, program), {
          name: 'RangeError',
          message: /^attachFilter\(\): program must be 1 to 4096 instructions, got/,
        })
      }
      for (const program of [null, 5, 'ret 0', { length: 1 }]) {
        assert.throws(() => attachFilter(socket, program as never), {
          name: 'TypeError',
          message: /^attachFilter\(\): program must be instructions, or their bytes, got/,
        })
      }
      assert.throws(() => attachFilter(socket, [{ code: 6 }] as never), { name: 'TypeError' })
      socket.close()
      assert.throws(() => attachFilter(socket, [bpf.accept()]), { code: 'EBADF' })
      assert.throws(() => getFilter(socket), { code: 'EBADF' })
    })
  })
}

/** Why there are no packet sockets; `false` if there are. */
function lacking(): string | false {
  try {
    new Socket<number>(AF_PACKET, SOCK_RAW).close()
    return false
  } catch (error) {
    return (error as Error).message
  }
}

const noPackets = lacking()
if (noPackets === false) {
  socketTest('a program chooses among the packet sockets of a group', async (t) => {
    const [left, right] = [new Socket<number>(AF_PACKET, SOCK_RAW), new Socket<number>(AF_PACKET, SOCK_RAW)]
    const sender = new Socket(AF_INET, SOCK_DGRAM)
    for (const socket of [left, right, sender]) t.after(() => socket.close())
    sender.bind(['127.0.0.1', 0])
    const [, port] = sender.getsockname()
    // Or everything else on the loopback would fill their queues.
    const onlyOurs = bpf.program(
      bpf.load(16, 34),
      bpf.jumpIf('==', port, 'ours', 'others'),
      bpf.label('ours'),
      bpf.accept(),
      bpf.label('others'),
      bpf.drop(),
    )
    for (const socket of [left, right]) {
      attachFilter(socket, onlyOurs)
      socket.bind(['lo', ETH_P_IP])
      socket.setsockopt(SOL_PACKET, PACKET_FANOUT, (process.pid & 0xffff) | (PACKET_FANOUT_CBPF << 16))
    }
    // Behind the headers of IP and UDP, where the program begins, there is the number of the socket.
    attachFanoutCbpf(left, bpf.program(bpf.load(8, 28), bpf.alu('-', 0x30), bpf.acceptA()))
    for (const text of ['1 right', '0 left', '0 once more', '1 again']) {
      await sender.sendto(text, ['127.0.0.1', 9])
    }
    const next = async (socket: Socket<number>) => String((await socket.recv(2000)).subarray(42))
    assert.deepEqual([await next(left), await next(left)], ['0 left', '0 once more'])
    assert.deepEqual([await next(right), await next(right)], ['1 right', '1 again'])
  })
} else test('a program chooses among the packet sockets of a group', { skip: noPackets }, () => {})

test('a socket of node:dgram is filtered', async () => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const state = Object.getOwnPropertySymbols(socket).find((symbol) => String(symbol).includes('state'))!
  attachFilter(
    (socket as unknown as Record<symbol, { handle: { fd: number } }>)[state]!.handle,
    beginsWith('b'),
  )
  for (const text of ['a', 'b']) socket.send(text, socket.address().port, '127.0.0.1')
  assert.equal(String((await once(socket, 'message'))[0]), 'b')
  socket.close()
  await once(socket, 'close')
})
