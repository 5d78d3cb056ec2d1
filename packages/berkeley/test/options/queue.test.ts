// What waits in the queues, as it was sent.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { AF_INET, AF_UNIX, MSG_OOB, MSG_PEEK, SO_RCVBUF, SOCK_DGRAM, SOL_SOCKET, type Socket } from 'berkeley'
import { getTcpInfo, inq, outq, outqnsd, sockatmark } from 'berkeley/options'
import { forms } from '../forms.ts'
import { type Scope, socketTest } from '../scope.ts'
import { warmUp } from '../worlds.ts'

before(warmUp)

for (const { name, library } of forms) {
  describe(name, () => {
    async function connection(t: Scope): Promise<[Socket, Socket]> {
      const server = library.createServer(['127.0.0.1', 0])
      server.setsockopt(SOL_SOCKET, SO_RCVBUF, 4096)
      const client = new library.Socket()
      await client.connect(server.getsockname())
      const [accepted] = await server.accept()
      server.close()
      for (const socket of [client, accepted]) {
        socket.settimeout(5)
        t.after(() => socket.close())
      }
      return [client, accepted]
    }

    socketTest('TCP: what waits to be received', async (t) => {
      const [client, server] = await connection(t)
      assert.equal(inq(server), 0)
      await client.sendall(Buffer.alloc(700))
      await server.recv(1, MSG_PEEK)
      assert.equal(inq(server), 700)
      assert.equal(inq(server.fileno()), 700)
      await server.recv(300)
      assert.equal(inq(server), 400)
      assert.equal(inq(client), 0)
    })

    socketTest('TCP: what waits to be sent, and is gone when the peer has it', async (t) => {
      const [client, server] = await connection(t)
      assert.equal(outq(client), 0)
      client.settimeout(0)
      let sent = 0
      for (;;) {
        try {
          sent += await client.send(Buffer.alloc(65_536))
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'EAGAIN')
          break
        }
      }
      // The peer's window is shut: what it holds is acknowledged, and waits there to be received.
      const waiting = outq(client)
      assert.ok(waiting > 0 && waiting < sent, `${waiting} of ${sent}`)
      assert.ok(outqnsd(client) <= waiting)
      assert.ok(inq(server) + waiting >= sent, `${inq(server)} + ${waiting} of ${sent}`)
      assert.ok(waiting - outqnsd(client) <= sent - inq(server))
      let received = 0
      while (received < sent) received += (await server.recv(65_536)).length
      assert.equal(received, sent)
      server.shutdown(1)
      client.settimeout(5)
      assert.equal((await client.recv(1)).length, 0) // With the end came the acknowledgement of everything.
      assert.equal(outq(client), 0)
      assert.equal(outqnsd(client), 0)
      assert.equal(getTcpInfo(client).notsentBytes, 0)
    })

    socketTest('UDP: the next datagram', async (t) => {
      const receiver = new library.Socket(AF_INET, SOCK_DGRAM)
      t.after(() => receiver.close())
      receiver.bind(['127.0.0.1', 0])
      assert.equal(inq(receiver), 0)
      for (const size of [30, 500]) await receiver.sendto(Buffer.alloc(size), receiver.getsockname())
      assert.equal(inq(receiver), 30)
      await receiver.recv(1000)
      assert.equal(inq(receiver), 500)
      assert.throws(() => outqnsd(receiver), { syscall: 'outqnsd' })
    })

    socketTest('Unix sockets: both ends', async (t) => {
      const [left, right] = library.socketpair(AF_UNIX)
      t.after(() => left.close())
      t.after(() => right.close())
      await left.sendall(Buffer.alloc(123))
      await left.sendall(Buffer.alloc(77))
      assert.equal(inq(right), 200)
      assert.ok(outq(left) >= 200)
      assert.equal(outq(right), 0)
      await right.recv(1000)
      assert.equal(inq(right), 0)
      assert.equal(outq(left), 0)
    })

    socketTest('the out-of-band mark', async (t) => {
      const [client, server] = await connection(t)
      assert.equal(sockatmark(server), false)
      await client.send('ab')
      await client.send('!', MSG_OOB)
      await client.send('cd')
      assert.equal(String(await server.recv(1)), 'a')
      // The rest may still be on its way, but the mark ends what one call receives.
      while (!sockatmark(server)) assert.equal(String(await server.recv(10)), 'b')
      assert.equal(String(await server.recv(1, MSG_OOB)), '!')
      assert.equal(String(await server.recv(10)), 'cd')
      assert.equal(sockatmark(server), false)
    })

    socketTest('what has no queue', (t) => {
      const server = library.createServer(['127.0.0.1', 0])
      t.after(() => server.close())
      for (const ask of [inq, outq, outqnsd]) {
        assert.throws(() => ask(server), { code: 'EINVAL', syscall: ask.name })
      }
      const file = openSync('/dev/null', 'r')
      t.after(() => closeSync(file))
      for (const ask of [inq, outq, outqnsd, sockatmark]) {
        assert.throws(() => ask(file), { code: 'ENOTTY', syscall: ask.name })
        assert.throws(() => ask(-1), { name: 'RangeError', message: /socket must be 0 to/ })
        assert.throws(() => ask(1_000_000), { code: 'EBADF', syscall: ask.name })
        assert.throws(() => ask('0' as never), { name: 'TypeError' })
      }
      server.close()
      assert.throws(() => inq(server), { code: 'EBADF', syscall: 'inq' })
    })
  })
}

test('a pipe of the file system', () => {
  const folder = mkdtempSync(join(tmpdir(), 'berkeley-fifo-'))
  const path = join(folder, 'fifo')
  execFileSync('mkfifo', [path])
  const fd = openSync(path, constants.O_RDWR)
  rmSync(folder, { recursive: true })
  assert.equal(inq(fd), 0)
  writeSync(fd, 'twelve bytes')
  assert.equal(inq(fd), 12)
  assert.equal(inq({ fd }), 12)
  closeSync(fd)
})
