// TCP_ZEROCOPY_RECEIVE: pages of a connection whose segments are pages, sent by CPython, which splices them from a pipe.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { before } from 'node:test'
import { AF_INET, AF_PACKET, MSG_PEEK, SOCK_DGRAM, Socket } from 'berkeley'
import { munmap, tcpZerocopyReceive } from 'berkeley/options'
import { forms } from '../forms.ts'
import { inNamespace } from '../namespace.ts'
import { socketTest } from '../scope.ts'
import { warmUp } from '../worlds.ts'

const PAGE = 4096
const PAGES = 256
const HEADERS = 52 // Of IPv4, and of TCP with time stamps.
const TAIL = 'no page'

const SENDER = `
import os, socket, sys
with socket.create_connection(('127.0.0.1', int(sys.argv[1]))) as connection:
    out, into = os.pipe()
    for page in range(${PAGES}):
        os.write(into, bytes([page % 251]) * ${PAGE})
        left = ${PAGE}
        while left > 0:
            left -= os.splice(out, connection.fileno(), left)
    connection.sendall(b'${TAIL}')
`

/** Regions of sockets' memory that this process has mapped. */
function mapped(): number {
  return readFileSync('/proc/self/maps', 'utf8').match(/socket:\[/g)?.length ?? 0
}

const commands = ['link set lo up', `link set lo mtu ${PAGE + HEADERS}`]
inNamespace(import.meta.url, commands, () => {
  before(warmUp)
  before(() => assert.equal(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }).trim(), `${PAGE}`))

  for (const { name, library } of forms) {
    socketTest(`${name}: pages are mapped, and what is none is received`, async (t) => {
      const listener = library.createServer(['127.0.0.1', 0])
      t.after(() => listener.close())
      const port = String((listener.getsockname() as [string, number])[1])
      const sender = spawn('python3', ['-c', SENDER, port], { stdio: ['ignore', 'inherit', 'inherit'] })
      t.after(() => sender.kill('SIGKILL'))
      const ended = once(sender, 'close')
      const [connection] = await listener.accept()
      t.after(() => connection.close())
      connection.settimeout(8)
      const kept: Buffer[] = []
      let pages = 0
      const received: Buffer[] = []
      for (;;) {
        const { data, recvSkipHint } = tcpZerocopyReceive(connection, 16 * PAGE)
        if (data.length > 0) {
          assert.equal(data.length % PAGE, 0)
          pages += data.length / PAGE
          received.push(data)
          kept.push(data)
          continue
        }
        if (recvSkipHint > 0) received.push(await connection.recv(recvSkipHint))
        else if ((await connection.recv(1, MSG_PEEK)).length === 0) break
      }
      const all = Buffer.concat(received)
      assert.equal(all.toString('latin1', PAGES * PAGE), TAIL)
      for (let page = 0; page < PAGES; page++)
        assert.ok(
          all.subarray(page * PAGE, (page + 1) * PAGE).every((byte) => byte === page % 251),
          `${page}`,
        )
      assert.ok(pages > 0, 'nothing was mapped')
      assert.ok(mapped() > 0)
      for (const data of kept) {
        munmap(data)
        assert.equal(data.length, 0)
        assert.throws(() => munmap(data), { code: 'EINVAL' })
      }
      assert.equal(mapped(), 0)
      assert.deepEqual(await ended, [0, null])
    })
  }

  socketTest('what is no connection has no pages', () => {
    using listener = new Socket()
    listener.bind(['127.0.0.1', 0])
    listener.listen()
    assert.throws(() => tcpZerocopyReceive(listener, PAGE), { code: 'ENOTCONN' })
    using udp = new Socket(AF_INET, SOCK_DGRAM)
    assert.throws(() => tcpZerocopyReceive(udp, PAGE), { code: 'ENODEV' })
    using packets = new Socket(AF_PACKET, SOCK_DGRAM)
    assert.throws(() => tcpZerocopyReceive(packets, PAGE), { name: 'OSError' })
    assert.throws(() => tcpZerocopyReceive(udp, 0), RangeError)
    assert.throws(() => munmap(Buffer.alloc(PAGE)), { code: 'EINVAL' })
    assert.throws(() => munmap('x' as never), TypeError)
    assert.equal(mapped(), 0)
  })
})
