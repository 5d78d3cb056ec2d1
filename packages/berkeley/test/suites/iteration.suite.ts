// `for await` in the one form, `for` in the other: connections, chunks, datagrams.
import assert from 'node:assert/strict'
import type { Address } from 'berkeley'
import { socketTest } from '../scope.ts'
import { pattern } from '../traffic.ts'
import { type AnySocket, closing, type World } from '../worlds.ts'

/** The items of a socket; with the blocking form all must have come before, since it runs on the test's own thread. */
async function* itemsOf(socket: AnySocket): AsyncGenerator<unknown> {
  yield* socket as unknown as AsyncIterable<unknown>
}

export function iterationSuite(world: World): void {
  const { can, call, pair } = world

  socketTest('each form has its own kind of iteration', async (t) => {
    const [left] = await pair(t)
    assert.equal(Symbol.asyncIterator in left, can.overlap)
    assert.equal(Symbol.iterator in left, !can.overlap)
  })

  if (can.connection) {
    socketTest('a listening socket yields connections and their addresses', async (t) => {
      const server = world.listening(t)
      const clients = [world.bound(t), world.bound(t)]
      for (const client of clients) await call(client, 'connect', server.getsockname() as Address)
      let index = 0
      for await (const item of itemsOf(server)) {
        const [connection, address] = item as [AnySocket, Address]
        closing(t, connection)
        assert.deepEqual(address, clients[index]!.getsockname())
        assert.ok(connection instanceof world.library.Socket)
        if (++index === clients.length) break
      }
      assert.equal(index, 2)
      // Who breaks out may go on later.
      await call(world.open(t), 'connect', server.getsockname() as Address)
      closing(t, (await call(server, 'accept'))[0])
    })
  }

  if (can.stream) {
    socketTest('a stream yields its chunks up to its end', async (t) => {
      const [sender, receiver] = await pair(t)
      const data = pattern(100_000)
      await call(sender, 'sendall', data)
      sender.close()
      const chunks: Buffer[] = []
      for await (const chunk of itemsOf(receiver)) {
        assert.ok(Buffer.isBuffer(chunk) && chunk.length > 0)
        chunks.push(chunk)
      }
      assert.ok(Buffer.concat(chunks).equals(data))
    })

    socketTest('a stream that has ended yields nothing', async (t) => {
      const [sender, receiver] = await pair(t)
      sender.close()
      for await (const _chunk of itemsOf(receiver)) assert.fail('there was a chunk')
    })
  }

  if (can.datagram) {
    socketTest('a datagram socket yields messages and their senders, empty ones as well', async (t) => {
      const [sender, receiver] = await pair(t)
      const texts = ['one', '', 'three']
      for (const text of texts) await call(sender, 'send', text)
      const seen: string[] = []
      for await (const item of itemsOf(receiver)) {
        const [data, address] = item as [Buffer, unknown]
        seen.push(String(data))
        assert.deepEqual(address, can.name ? sender.getsockname() : null)
        if (seen.length === texts.length) break
      }
      assert.deepEqual(seen, texts)
    })
  }

  if (!can.stream && !can.datagram) {
    socketTest('a connection of messages yields them up to its end', async (t) => {
      const [sender, receiver] = await pair(t)
      for (const text of ['one', 'two']) await call(sender, 'send', text)
      sender.close()
      const seen: string[] = []
      for await (const item of itemsOf(receiver)) {
        seen.push(String(Buffer.isBuffer(item) ? item : (item as [Buffer])[0]))
        if (seen.length > 2) break
      }
      assert.deepEqual(seen, ['one', 'two'])
    })
  }

  socketTest('an error ends the iteration and is thrown', async (t) => {
    const [left] = await pair(t)
    left.settimeout(0.01)
    await assert.rejects(itemsOf(left).next(), { code: 'ETIMEDOUT' })
  })

  if (can.overlap) {
    socketTest('closing the socket ends an iteration that waits', async (t) => {
      const [left, right] = await pair(t)
      await call(right, 'send', 'x')
      const items = itemsOf(left)
      assert.equal((await items.next()).done, false)
      const last = items.next()
      left.close()
      assert.deepEqual(await last, { done: true, value: undefined })
    })

    socketTest('an iteration waits for what comes', async (t) => {
      const [left, right] = await pair(t)
      const items = itemsOf(left)
      for (const text of ['one', 'two']) {
        const next = items.next()
        await call(right, 'send', text)
        const { value } = await next
        assert.equal(String(Buffer.isBuffer(value) ? value : value[0]), text)
      }
    })
  } else {
    socketTest('a closed socket cannot be iterated over', async (t) => {
      const [left] = await pair(t)
      left.close()
      await assert.rejects(itemsOf(left).next(), { code: 'EBADF' })
    })
  }
}
