// Edges that come between an attempt that found nothing and the wait that follows it: epoll(7) tells an edge once, and
// nobody must sleep over it. What comes is made to come exactly there, by the call that finds nothing.
import assert from 'node:assert/strict'
import { ConnectionResetError, MSG_PEEK, MSG_WAITALL, SHUT_WR, type Socket } from 'berkeley'
import { native } from '#sys/native.js'
import { socketTest } from '../scope.ts'
import { withFaults } from '../switch.ts'
import { type AnySocket, closing } from '../worlds.ts'
import { breakOff, inWorlds, isTcp } from './tcp-worlds.ts'

// The blocking form polls before it sleeps; what would be missed, is missed by the promise form.
inWorlds(
  (world) => isTcp(world) && world.can.overlap,
  ({ call, begin, pair, bound, open, listening }) => {
    /** Performs `meanwhile` as soon as the next call of the system has found nothing. */
    const between = <Value>(
      name: 'recv' | 'recv_pooled' | 'recvmsg' | 'accept',
      meanwhile: () => unknown,
      body: () => Promise<Value>,
    ): Promise<Value> =>
      withFaults(
        {
          [name]: [
            (real: (...args: unknown[]) => number) =>
              (...args: unknown[]) => {
                const value = real(...args)
                assert.ok(value < 0, 'there was something')
                meanwhile()
                return value
              },
          ],
        } as never,
        body,
      )

    const sendNow = (socket: AnySocket, text: string): void => {
      const bytes = Buffer.from(text)
      assert.equal(native.send(socket.fileno(), bytes, 0, bytes.length, 0), bytes.length)
    }

    for (const waited of [false, true]) {
      const who = waited ? 'who has waited before' : 'who never waited'

      const pairThen = async (t: Parameters<typeof pair>[0]): Promise<[AnySocket, AnySocket]> => {
        const [sender, receiver] = await pair(t)
        if (!waited) return [sender, receiver]
        const early = begin(receiver, 'recv', 5)
        await early.waiting
        sendNow(sender, 'early')
        // All that was asked for: the next call has to try.
        await early.result
        return [sender, receiver]
      }

      socketTest(`data, by ${who}`, async (t) => {
        const [sender, receiver] = await pairThen(t)
        const came = await between(
          'recv_pooled',
          () => sendNow(sender, 'now'),
          () => call(receiver, 'recv', 9),
        )
        assert.equal(String(came), 'now')
      })

      socketTest(`data for recvmsg, by ${who}`, async (t) => {
        const [sender, receiver] = await pairThen(t)
        const came = await between(
          'recvmsg',
          () => sendNow(sender, 'now'),
          () => call(receiver, 'recvmsg', 9),
        )
        assert.equal(String(came[0]), 'now')
      })

      socketTest(`the rest of MSG_WAITALL, by ${who}`, async (t) => {
        const [sender, receiver] = await pairThen(t)
        const whole = await between(
          'recv',
          () => sendNow(sender, 'all of it'),
          () => call(receiver, 'recv', 9, MSG_WAITALL),
        )
        assert.equal(String(whole), 'all of it')
      })

      socketTest(`a peek, by ${who}`, async (t) => {
        const [sender, receiver] = await pairThen(t)
        const peeking = () => call(receiver, 'recv', 9, MSG_PEEK)
        assert.equal(String(await between('recv_pooled', () => sendNow(sender, 'now'), peeking)), 'now')
        assert.equal(String(await call(receiver, 'recv', 9)), 'now')
      })

      socketTest(`the end, by ${who}`, async (t) => {
        const [sender, receiver] = await pairThen(t)
        const end = await between(
          'recv_pooled',
          () => sender.shutdown(SHUT_WR),
          () => call(receiver, 'recv', 9),
        )
        assert.equal(end.length, 0)
      })

      socketTest(`a reset, by ${who}`, async (t) => {
        const [sender, receiver] = await pairThen(t)
        const receiving = between(
          'recv_pooled',
          () => breakOff(sender),
          () => call(receiver, 'recv', 9),
        )
        await assert.rejects(receiving, ConnectionResetError)
      })

      socketTest(`data and a reset, by ${who}`, async (t) => {
        const [sender, receiver] = await pairThen(t)
        const both = (): void => {
          sendNow(sender, 'now')
          breakOff(sender)
        }
        assert.equal(String(await between('recv_pooled', both, () => call(receiver, 'recv', 9))), 'now')
        await assert.rejects(call(receiver, 'recv', 9), ConnectionResetError)
      })
    }

    socketTest('a connection', async (t) => {
      const [server, client] = [listening(t), open(t)]
      const connect = () => (client as Socket<number>).connect(server.getsockname() as never)
      const [connection] = await between('accept', connect, () => call(server, 'accept'))
      closing(t, connection)
      assert.deepEqual(connection.getpeername(), client.getsockname())
      assert.ok(bound(t))
    })
  },
)
