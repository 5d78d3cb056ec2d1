// Datagrams: borders, addresses, and receivers that are full or gone.
import assert from 'node:assert/strict'
import { type Address, ConnectionRefusedError, FileNotFoundError, MSG_DONTWAIT, OSError } from 'berkeley'
import { socketTest } from '../scope.ts'
import { assertNothingToReceive, pattern } from '../traffic.ts'
import type { AnySocket, World } from '../worlds.ts'

export function datagramSuite(world: World): void {
  const { can, call, begin, pair, open, bound } = world
  if (!can.datagram) return
  const addressOf = (socket: AnySocket) => socket.getsockname() as Address

  socketTest('datagrams keep their borders, empty ones as well', async (t) => {
    const [sender, receiver] = await pair(t)
    const texts = ['one', '', 'three', '', '']
    for (const text of texts) assert.equal(await call(sender, 'send', text), text.length)
    for (const text of texts) assert.equal(String(await call(receiver, 'recv', 100)), text)
    await assertNothingToReceive(world, receiver)
  })

  socketTest('an empty datagram ends a wait', async (t) => {
    const [sender, receiver] = await pair(t)
    const { waiting, result } = begin(receiver, 'recv', 100)
    await waiting
    await call(sender, 'sendall', '')
    assert.equal((await result).length, 0)
  })

  if (!can.name) {
    socketTest('who has no name is null', async (t) => {
      const [sender, receiver] = await pair(t)
      await call(sender, 'send', 'x')
      assert.deepEqual(await call(receiver, 'recvfrom', 100), [Buffer.from('x'), null])
      await call(sender, 'send', 'x')
      assert.deepEqual(await call(receiver, 'recvfromInto', new Uint8Array(9)), [1, null])
    })
    return
  }

  socketTest('recvfrom and recvfromInto tell who sent', async (t) => {
    const receiver = bound(t)
    const senders = [bound(t), bound(t), bound(t)]
    for (const [index, sender] of senders.entries()) {
      assert.equal(await call(sender, 'sendto', `from ${index}`, addressOf(receiver)), 6)
      assert.equal(await call(sender, 'sendto', 'again', addressOf(receiver)), 5)
    }
    for (const [index, sender] of senders.entries()) {
      assert.deepEqual(await call(receiver, 'recvfrom', 100), [
        Buffer.from(`from ${index}`),
        addressOf(sender),
      ])
      const buffer = Buffer.alloc(5)
      assert.deepEqual(await call(receiver, 'recvfromInto', buffer), [5, addressOf(sender)])
      assert.equal(String(buffer), 'again')
    }
  })

  socketTest('a recvfrom that waits tells who sent', async (t) => {
    const [sender, receiver] = [bound(t), bound(t)]
    const receiving = begin(receiver, 'recvfrom', 100)
    await receiving.waiting
    await call(sender, 'sendto', 'x', addressOf(receiver))
    assert.deepEqual(await receiving.result, [Buffer.from('x'), addressOf(sender)])
    const into = begin(receiver, 'recvfromInto', new Uint8Array(9))
    await into.waiting
    await call(sender, 'sendto', 'x', addressOf(receiver))
    assert.deepEqual(await into.result, [1, addressOf(sender)])
  })

  socketTest('sendto reaches the address that is given, without and with flags', async (t) => {
    const sender = open(t)
    const receivers = [bound(t), bound(t)]
    for (const [index, receiver] of receivers.entries()) {
      assert.equal(await call(sender, 'sendto', `plain ${index}`, addressOf(receiver)), 7)
      assert.equal(await call(sender, 'sendto', `flags ${index}`, MSG_DONTWAIT, addressOf(receiver)), 7)
    }
    for (const [index, receiver] of receivers.entries()) {
      assert.equal(String(await call(receiver, 'recv', 100)), `plain ${index}`)
      assert.equal(String(await call(receiver, 'recv', 100)), `flags ${index}`)
      await assertNothingToReceive(world, receiver)
    }
  })

  socketTest('a connected socket hears its peer only, and can be connected anew', async (t) => {
    const [receiver, peer, stranger] = [bound(t), bound(t), bound(t)]
    await call(receiver, 'connect', addressOf(peer))
    // Unix refuses the stranger's datagram, the internet drops it.
    const strangers = call(stranger, 'sendto', 'stranger', addressOf(receiver))
    if (can.internet) await strangers
    else await assert.rejects(strangers, { code: 'EPERM' })
    await call(peer, 'sendto', 'peer', addressOf(receiver))
    assert.equal(String(await call(receiver, 'recv', 100)), 'peer')
    await assertNothingToReceive(world, receiver)

    await call(receiver, 'connect', addressOf(stranger))
    assert.deepEqual(receiver.getpeername(), addressOf(stranger))
    await call(stranger, 'sendto', 'no stranger', addressOf(receiver))
    assert.equal(String(await call(receiver, 'recv', 100)), 'no stranger')
  })

  socketTest('send needs a connection, sendto an address', async (t) => {
    const sender = open(t)
    const code = can.internet ? 'EDESTADDRREQ' : 'ENOTCONN'
    await assert.rejects(call(sender, 'send', 'x'), { code, syscall: 'send' })
    await assert.rejects(call(sender, 'sendall', 'x'), { code, syscall: 'sendall' })
    await assert.rejects(call(sender, 'sendto', 'x', undefined), { name: 'TypeError' })
  })

  socketTest('what is too long for a datagram is refused', async (t) => {
    const [sender, receiver] = await pair(t)
    const tooLong = pattern(1024 * 1024)
    for (const method of ['send', 'sendall'] as const) {
      await assert.rejects(call(sender, method, tooLong), (error) => {
        assert.ok(error instanceof OSError)
        assert.deepEqual([error.code, error.syscall], ['EMSGSIZE', method])
        return true
      })
    }
    await assertNothingToReceive(world, receiver)
  })

  if (can.internet) {
    for (const method of ['recv', 'recvfrom', 'send'] as const) {
      socketTest(`${method} tells that a datagram before was refused`, async (t) => {
        const [sender, receiver] = await pair(t)
        receiver.close()
        await call(sender, 'send', 'to nobody')
        const args = method === 'send' ? ['x'] : [100]
        await assert.rejects(call(sender, method, ...(args as [never])), ConnectionRefusedError)
        // It is told once, and the socket goes on.
        assert.equal(await call(sender, 'send', 'to nobody'), 9)
      })
    }

    socketTest('a refusal reaches a recv that waits', async (t) => {
      const [sender, receiver] = await pair(t)
      receiver.close()
      const { waiting, result } = begin(sender, 'recv', 100)
      await waiting
      await call(sender, 'send', 'to nobody')
      await assert.rejects(result, ConnectionRefusedError)
    })
  } else {
    socketTest('sendto to nobody fails and tells the address', async (t) => {
      const [sender, receiver] = [open(t), bound(t)]
      const address = addressOf(receiver)
      receiver.close()
      await assert.rejects(call(sender, 'sendto', 'x', address), (error) => {
        assert.ok(error instanceof ConnectionRefusedError)
        assert.deepEqual([error.syscall, error.address], ['sendto', address])
        return true
      })
      const nowhere = '/nowhere/at all'
      await assert.rejects(call(sender, 'sendto', 'x', nowhere), (error) => {
        assert.ok(error instanceof FileNotFoundError)
        assert.deepEqual([error.code, error.address], ['ENOENT', nowhere])
        return true
      })
    })
  }
}
