// Closing files and sockets in every order: the descriptor lives as long as the socket or a file needs it.
import assert from 'node:assert/strict'
import { before, describe } from 'node:test'
import { SO_SNDBUF, SOL_SOCKET } from 'berkeley'
import { HANDLE } from '#base-socket.js'
import { type Form, forms } from '../forms.ts'
import { socketTest } from '../scope.ts'
import { warmUp } from '../worlds.ts'
import { fileOf, pairOf, received, type Stream } from './opened.ts'

before(warmUp)

function isOpen(socket: Stream): boolean {
  return socket.fileno() >= 0
}

for (const form of forms) {
  describe(`makefile, ${form.name}: closing`, () => {
    socketTest('the last one closes the descriptor, whichever it is', async (t) => {
      const orders = [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
      ]
      for (const order of orders) {
        const [socket] = pairOf(form, t)
        const all = [socket, fileOf(t, socket, 'r'), fileOf(t, socket, 'wb')]
        const states: boolean[] = []
        for (const index of order) {
          await all[index]!.close()
          states.push(isOpen(socket))
        }
        assert.deepEqual(states, [true, true, false], `in the order ${order}`)
      }
    })

    socketTest('a file that is closed twice counts once', async (t) => {
      const [socket] = pairOf(form, t)
      const [one, two] = [fileOf(t, socket, 'r'), fileOf(t, socket, 'r')]
      socket.close()
      for (let i = 0; i < 3; i++) await one.close()
      assert.ok(isOpen(socket))
      await two.close()
      assert.ok(!isOpen(socket))
    })

    socketTest('a socket that is closed while it has files is of use until the last is closed', async (t) => {
      const [socket, peer] = pairOf(form, t)
      const file = fileOf(t, socket, 'rw')
      socket.close()
      await socket.sendall('from the socket')
      assert.equal((await peer.recv(100)).toString(), 'from the socket')
      const second = fileOf(t, socket, 'w')
      await file.close()
      await second.write('from a second file')
      await second.close()
      assert.ok(!isOpen(socket))
      assert.equal((await peer.recv(100)).toString(), 'from a second file')
      assert.equal((await peer.recv(100)).length, 0)
    })

    socketTest('close sends what is in the buffer', async (t) => {
      const [socket, peer] = pairOf(form, t)
      const file = fileOf(t, socket, 'w')
      await file.write('in the buffer')
      assert.equal((await received(peer)).length, 0)
      socket.close()
      await file.close()
      assert.equal((await peer.recv(100)).toString(), 'in the buffer')
    })

    socketTest('a file is closed even if its buffer cannot be sent', async (t) => {
      const [socket, peer] = pairOf(form, t)
      const file = fileOf(t, socket, 'w')
      await file.write('to nobody')
      socket.close()
      peer.close()
      await assert.rejects(async () => file.close(), { name: 'BrokenPipeError', code: 'EPIPE' })
      assert.ok(file.closed)
      assert.ok(!isOpen(socket))
      await file.close()
    })

    socketTest('nor if time runs out', async (t) => {
      const [socket] = pairOf(form, t)
      socket.setsockopt(SOL_SOCKET, SO_SNDBUF, 4096)
      socket.settimeout(0.02)
      const file = fileOf(t, socket, 'wb', { buffering: 1 << 21 })
      await file.write(Buffer.alloc(1 << 20))
      socket.close()
      await assert.rejects(async () => file.close(), { name: 'TimeoutError' })
      assert.ok(!isOpen(socket))
    })

    socketTest('who closes it a second time need not know that the first failed', async (t) => {
      const [socket, peer] = pairOf(form, t)
      const file = fileOf(t, socket, 'w')
      await file.write('to nobody')
      peer.close()
      const closing = async () => file.close()
      const [first, second] = await Promise.allSettled([closing(), closing()])
      assert.deepEqual([first.status, second.status], ['rejected', 'fulfilled'])
    })

    socketTest('detach takes the descriptor from under its files', async (t) => {
      const [socket] = pairOf(form, t)
      const file = fileOf(t, socket, 'r')
      const descriptor = socket.detach()
      assert.equal(file.fileno(), -1)
      await assert.rejects(async () => file.readline(), { code: 'EBADF' })
      await file.close()
      form.library.close(descriptor)
    })

    socketTest('a file of a closed socket has nothing to work with', async (t) => {
      const [socket] = pairOf(form, t)
      socket.close()
      const file = fileOf(t, socket, 'rw')
      await assert.rejects(async () => file.read(), { name: 'OSError', code: 'EBADF' })
      await file.write('x')
      await assert.rejects(async () => file.close(), { code: 'EBADF' })
      assert.equal(socket[HANDLE].files, 0)
    })

    socketTest('closing a file ends the iteration over its lines', async (t) => {
      const [socket, peer] = pairOf(form, t)
      await peer.sendall('one\ntwo\nthree\n')
      const file = fileOf(t, socket, 'r')
      const lines: string[] = []
      for await (const line of file) {
        lines.push(line as string)
        if (lines.length === 2) await file.close()
      }
      assert.deepEqual(lines, ['one\n', 'two\n'])
    })

    socketTest('leaving an iteration does not close the file', async (t) => {
      const [socket, peer] = pairOf(form, t)
      await peer.sendall('one\ntwo\nthree\n')
      const file = fileOf(t, socket, 'r')
      for await (const _line of file) break
      for await (const _line of file) break
      assert.equal(await file.readline(), 'three\n')
    })
  })
}

const [promised, blocked] = forms as [Form, Form]
const WOULD_WAIT = { name: 'BlockingIOError', code: 'EAGAIN' }

describe('makefile: using', () => {
  socketTest('await using flushes and closes', async () => {
    const [socket, peer] = promised.library.socketpair()
    await using _ends = { [Symbol.asyncDispose]: async () => peer.close() }
    {
      await using file = socket.makefile('w')
      await file.write('goodbye')
      socket.close()
    }
    assert.ok(!isOpen(socket))
    assert.equal((await peer.recv(100)).toString(), 'goodbye')
  })

  socketTest('using, in the blocking form', async (t) => {
    const [socket, peer] = pairOf(blocked, t)
    {
      using file = socket.makefile('w')
      file.write('goodbye')
      socket.close()
    }
    assert.ok(!isOpen(socket))
    assert.equal((await peer.recv(100)).toString(), 'goodbye')
  })

  socketTest('using, with promises: sends what can be sent at once', async (t) => {
    const [socket, peer] = pairOf(promised, t)
    {
      using file = socket.makefile('w')
      await file.write('goodbye')
      socket.close()
    }
    assert.ok(!isOpen(socket))
    assert.equal((await peer.recv(100)).toString(), 'goodbye')
  })

  socketTest('using, with promises: what cannot be sent at once is an error', async (t) => {
    for (const isUnderWay of [false, true]) {
      const [socket, peer] = pairOf(promised, t)
      socket.setsockopt(SOL_SOCKET, SO_SNDBUF, 4096)
      let flushing: Promise<unknown> = Promise.resolve()
      const body = async () => {
        using file = socket.makefile('wb', { buffering: 1 << 21 })
        await file.write(Buffer.alloc(1 << 20))
        if (isUnderWay) flushing = assert.rejects(file.flush(), { code: 'ECANCELED' })
      }
      await assert.rejects(body, WOULD_WAIT)
      await flushing
      assert.equal(socket[HANDLE].files, 0)
      // The socket itself is as good as before.
      await received(peer)
      await socket.sendall('still here')
      assert.ok((await received(peer)).toString().endsWith('still here'))
    }
  })

  socketTest('using, with promises: nor does it break into what others send', async (t) => {
    const [socket, peer] = pairOf(promised, t)
    const sending = socket.sendall(`${'a'.repeat(1 << 20)}.`)
    let came = ''
    const body = async () => {
      using file = socket.makefile('w')
      await file.write('b')
      came += await received(peer)
      // There is room now, but the file is not the one whose turn it is.
    }
    await assert.rejects(body, WOULD_WAIT)
    while (!came.endsWith('.')) came += await peer.recv(65536)
    await sending
    assert.equal(came.length, (1 << 20) + 1)
  })
})
