// MSG_FASTOPEN: a send that makes the connection, and takes its data along in the first segment once the server is known.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { before, describe } from 'node:test'
import {
  ConnectionRefusedError,
  IPPROTO_TCP,
  MSG_FASTOPEN,
  type Socket,
  TCP_FASTOPEN,
  TCPI_OPT_SYN_DATA,
  TimeoutError,
} from 'berkeley'
import { getTcpInfo } from 'berkeley/options'
import { forms } from '../forms.ts'
import { inNamespace } from '../namespace.ts'
import { type Scope, socketTest } from '../scope.ts'
import { closing } from '../situations.ts'
import { warmUp } from '../worlds.ts'

before(warmUp)

type To = readonly [string, number]
type Send = (socket: Socket, data: string, to: To) => Promise<number>
const sends: Readonly<Record<string, Send>> = {
  sendto: async (socket, data, to) => socket.sendto(data, MSG_FASTOPEN, to),
  sendmsg: async (socket, data, to) => socket.sendmsg([data], [], MSG_FASTOPEN, to),
}

/** Allows it to clients and to servers, in this namespace; gives why that cannot be, `false` if it can. */
function refused(): string | false {
  try {
    writeFileSync('/proc/sys/net/ipv4/tcp_fastopen', '3')
    return false
  } catch (error) {
    return (error as Error).message
  }
}

/** Cookies are kept by address: a server of one's own knows nobody yet. */
let servers = 0

// The second interface swallows what is sent to its neighbours.
const commands = [
  'link set lo up',
  'link add silent type veth peer name end',
  'link set silent up',
  'link set end up',
  'addr add 10.9.0.1/24 dev silent',
]

inNamespace(import.meta.url, commands, () => {
  const skip = refused()

  for (const { name, library } of forms) {
    for (const [method, send] of Object.entries(sends)) {
      describe(`${name}, ${method}`, { skip }, () => {
        const unknownServer = (t: Scope, queue: number) => {
          const server = closing(t, library.createServer([`127.0.1.${++servers}`, 0]))
          server.setsockopt(IPPROTO_TCP, TCP_FASTOPEN, queue)
          return server
        }

        socketTest('the first connection fetches a cookie, the next ones begin with data', async (t) => {
          const server = unknownServer(t, 5)
          for (const [text, withSyn] of [
            ['first', false],
            ['second', true],
            ['third', true],
          ] as const) {
            const client = closing(t, new library.Socket())
            assert.equal(await send(client, text, server.getsockname()), text.length)
            const accepted = closing(t, (await server.accept())[0])
            assert.equal(String(await accepted.recv(100)), text)
            for (const socket of [client, accepted])
              assert.equal((getTcpInfo(socket).options & TCPI_OPT_SYN_DATA) !== 0, withSyn, text)
            await accepted.sendall('answer')
            assert.equal(String(await client.recv(100)), 'answer')
            await client.sendall('more')
            assert.equal(String(await accepted.recv(100)), 'more')
          }
        })

        socketTest('a server without MSG_FASTOPEN gets a plain connection', async (t) => {
          const server = unknownServer(t, 0)
          for (let i = 0; i < 2; i++) {
            const client = closing(t, new library.Socket())
            assert.equal(await send(client, 'hello', server.getsockname()), 5)
            const accepted = closing(t, (await server.accept())[0])
            assert.equal(String(await accepted.recv(100)), 'hello')
            assert.equal(getTcpInfo(client).options & TCPI_OPT_SYN_DATA, 0)
          }
        })

        socketTest('a socket that may not wait says that it is connecting', async (t) => {
          const server = unknownServer(t, 5)
          const client = closing(t, new library.Socket())
          client.settimeout(0)
          await assert.rejects(send(client, 'hello', server.getsockname()), {
            name: 'BlockingIOError',
            code: 'EINPROGRESS',
            syscall: method,
          })
          // Nothing was taken: the connection is made, and empty.
          const accepted = closing(t, (await server.accept())[0])
          accepted.settimeout(0)
          await assert.rejects(async () => accepted.recv(1), { code: 'EAGAIN' })
          assert.equal(await send(client, 'hello', server.getsockname()), 5)
        })

        socketTest('nobody listens, and nobody answers', async (t) => {
          const server = library.createServer([`127.0.1.${++servers}`, 0])
          const to = server.getsockname()
          server.close()
          const client = closing(t, new library.Socket())
          await assert.rejects(send(client, 'hello', to), ConnectionRefusedError)
          const other = closing(t, new library.Socket())
          other.settimeout(0.02)
          await assert.rejects(send(other, 'hello', ['10.9.0.2', 9]), TimeoutError)
        })
      })
    }
  }
})
