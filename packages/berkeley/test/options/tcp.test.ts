// Options of TCP that few may set: signed segments, and a connection that moves to another socket. And what an algorithm of
// congestion control tells of itself.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { before, describe, test } from 'node:test'
import {
  IPPROTO_TCP,
  SO_REUSEADDR,
  SOL_SOCKET,
  type Socket,
  TCP_CC_INFO,
  TCP_CONGESTION,
  TCP_MD5SIG,
  TCP_QUEUE_SEQ,
  TCP_RECV_QUEUE,
  TCP_REPAIR,
  TCP_REPAIR_OFF,
  TCP_REPAIR_ON,
  TCP_REPAIR_QUEUE,
  TCP_SEND_QUEUE,
  TimeoutError,
  tcpMd5sig,
} from 'berkeley'
import { forms, type Library } from '../forms.ts'
import { inNamespace } from '../namespace.ts'
import { pathOf, without } from '../programs.ts'
import { type Scope, socketTest } from '../scope.ts'
import { closing } from '../situations.ts'
import { warmUp } from '../worlds.ts'

before(warmUp)

async function connection(library: Library, t: Scope): Promise<[client: Socket, server: Socket]> {
  const listening = closing(t, library.createServer(['127.0.0.1', 0]))
  const client = closing(t, new library.Socket())
  await client.connect(listening.getsockname())
  return [client, closing(t, (await listening.accept())[0])]
}

function withKey<Some extends Socket>(socket: Some, key: string): Some {
  socket.setsockopt(IPPROTO_TCP, TCP_MD5SIG, tcpMd5sig.encode({ addr: '127.0.0.1', key: Buffer.from(key) }))
  return socket
}

inNamespace(import.meta.url, ['link set lo up'], () => {
  for (const { name, library } of forms) {
    /** Why the kernel does not take an option; `false` if it does. */
    const lacking = (take: (socket: Socket) => void): string | false => {
      using socket = new library.Socket()
      try {
        take(socket)
        return false
      } catch (error) {
        if (!['ENOPROTOOPT', 'EPERM', 'ENOENT'].includes((error as { code: string }).code)) throw error
        return `this kernel does not: ${(error as Error).message}`
      }
    }

    describe(`${name}: TCP_MD5SIG`, () => {
      const skip = lacking((socket) => withKey(socket, 'key'))

      const server = (t: Scope) => withKey(closing(t, library.createServer(['127.0.0.1', 0])), 'our secret')

      socketTest(
        'with the same key, both ends talk',
        async (t) => {
          const listening = server(t)
          const client = withKey(closing(t, new library.Socket()), 'our secret')
          await client.connect(listening.getsockname())
          const accepted = closing(t, (await listening.accept())[0])
          await client.sendall('signed')
          assert.equal(String(await accepted.recv(100)), 'signed')
          await accepted.sendall('as well')
          assert.equal(String(await client.recv(100)), 'as well')
        },
        skip,
      )

      for (const [how, key] of [
        ['another key', 'your secret'],
        ['no key', ''],
      ] as const) {
        socketTest(
          `with ${how}, nobody answers`,
          async (t) => {
            const listening = server(t)
            const client = closing(t, new library.Socket())
            if (key !== '') withKey(client, key)
            client.settimeout(0.05)
            await assert.rejects(async () => client.connect(listening.getsockname()), TimeoutError)
            listening.settimeout(0)
            await assert.rejects(async () => listening.accept(), { code: 'EAGAIN' })
          },
          skip,
        )
      }
    })

    describe(`${name}: TCP_REPAIR`, () => {
      const skip = lacking((socket) => socket.setsockopt(IPPROTO_TCP, TCP_REPAIR, TCP_REPAIR_ON))
      const queues = [TCP_SEND_QUEUE, TCP_RECV_QUEUE]

      const sequenceOf = (socket: Socket, queue: number): number => {
        socket.setsockopt(IPPROTO_TCP, TCP_REPAIR_QUEUE, queue)
        return socket.getsockopt(IPPROTO_TCP, TCP_QUEUE_SEQ) >>> 0
      }

      socketTest(
        'the sequence numbers count what was sent and received',
        async (t) => {
          const [client, server] = await connection(library, t)
          const sequences = () => {
            client.setsockopt(IPPROTO_TCP, TCP_REPAIR, TCP_REPAIR_ON)
            const found = queues.map((queue) => sequenceOf(client, queue))
            client.setsockopt(IPPROTO_TCP, TCP_REPAIR, TCP_REPAIR_OFF)
            return found
          }
          const [sent, received] = sequences()
          await client.sendall('twelve bytes')
          await server.recv(12)
          await server.sendall('seven b')
          await client.recv(7)
          assert.deepEqual(sequences(), [(sent! + 12) >>> 0, (received! + 7) >>> 0])
        },
        skip,
      )

      socketTest(
        'a connection goes on in another socket, and its peer notices nothing',
        async (t) => {
          const [client, server] = await connection(library, t)
          await client.sendall('before')
          assert.equal(String(await server.recv(100)), 'before')
          const [here, there] = [client.getsockname(), client.getpeername()]
          client.setsockopt(IPPROTO_TCP, TCP_REPAIR, TCP_REPAIR_ON)
          const sequences = queues.map((queue) => sequenceOf(client, queue))
          client.close() // Under repair, the peer is told nothing.

          const other = closing(t, new library.Socket())
          other.setsockopt(SOL_SOCKET, SO_REUSEADDR, true)
          other.setsockopt(IPPROTO_TCP, TCP_REPAIR, TCP_REPAIR_ON)
          other.bind(here)
          for (const [i, queue] of queues.entries()) {
            other.setsockopt(IPPROTO_TCP, TCP_REPAIR_QUEUE, queue)
            other.setsockopt(IPPROTO_TCP, TCP_QUEUE_SEQ, sequences[i]!)
            assert.equal(sequenceOf(other, queue), sequences[i])
          }
          await other.connect(there) // Nothing is sent for it.
          other.setsockopt(IPPROTO_TCP, TCP_REPAIR, TCP_REPAIR_OFF)
          await other.sendall('after')
          assert.equal(String(await server.recv(100)), 'after')
          await server.sendall('answer')
          assert.equal(String(await other.recv(100)), 'answer')
          other.close()
          assert.equal((await server.recv(100)).length, 0)
        },
        skip,
      )
    })

    describe(`${name}: TCP_CC_INFO`, () => {
      const skip =
        without({ ss: 'iproute2' }) ||
        lacking((socket) => socket.setsockopt(IPPROTO_TCP, TCP_CONGESTION, 'bbr'))

      socketTest(
        'what BBR tells is what ss shows',
        async (t) => {
          const [client, server] = await connection(library, t)
          client.setsockopt(IPPROTO_TCP, TCP_CONGESTION, 'bbr')
          await client.sendall('hello')
          await server.recv(5)
          await server.sendall('answer') // With it comes what acknowledges the rest: no figure moves after that.
          await client.recv(6)
          const told = client.getsockopt(IPPROTO_TCP, TCP_CC_INFO, 64)
          // struct tcp_bbr_info: bandwidth (two halves), least RTT, gains of pacing and window in 1/256.
          assert.equal(told.length, 20)
          const words = new Uint32Array(new Uint8Array(told).buffer)
          const port = `${client.getsockname()[1]}`
          const shown = execFileSync(pathOf('ss'), ['-tinOH', 'sport', '=', port], { encoding: 'utf8' })
          const [, rtt, pacing, window] =
            /bbr:\(bw:\S*?,mrtt:([\d.]+),pacing_gain:([\d.]+),cwnd_gain:([\d.]+)/.exec(shown) ?? []
          assert.ok(rtt !== undefined, shown)
          const near = (value: number, text: string) =>
            assert.ok(Math.abs(value - Number(text)) < 1e-4, `${value}, ${text}`)
          near(words[2]! / 1000, rtt)
          near(words[3]! / 256, pacing!)
          near(words[4]! / 256, window!)
        },
        skip,
      )

      test('CUBIC tells nothing', () => {
        using socket = new library.Socket()
        socket.setsockopt(IPPROTO_TCP, TCP_CONGESTION, 'cubic')
        assert.equal(socket.getsockopt(IPPROTO_TCP, TCP_CC_INFO, 64).length, 0)
      })
    })
  }
})
