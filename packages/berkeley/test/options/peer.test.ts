// Who is at the other end of a Unix socket: another process, which knows itself best.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer as createNodeServer, type Socket as NodeSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { AF_UNIX, close, OSError } from 'berkeley'
import { select } from 'berkeley/blocking/select'
import { getPeerCredentials, getPeerGroups, getPeerPidfd, getPeerSecurity } from 'berkeley/options'
import { forms } from '../forms.ts'
import { socketTest } from '../scope.ts'
import { warmUp } from '../worlds.ts'

before(warmUp)

const PROGRAM = `
import json, os, socket, sys
peer = socket.socket(socket.AF_UNIX)
peer.connect(sys.argv[1].encode().replace(b'@', bytes(1)))
print(json.dumps([os.getpid(), os.getuid(), os.getgid(), sorted(os.getgroups())]), flush=True)
sys.stdin.read()
`

let count = 0
/** A name in the abstract namespace, with `@` for its NUL. */
const name = () => `@berkeley-peer-${process.pid}-${count++}`

for (const { name: form, library } of forms) {
  describe(form, () => {
    socketTest('process, user, groups and descriptor of another process', async (t) => {
      const path = name()
      const server = new library.Socket(AF_UNIX)
      t.after(() => server.close())
      server.bind(path.replace('@', '\0'))
      server.listen()
      const child = spawn('python3', ['-c', PROGRAM, path], { stdio: ['pipe', 'pipe', 'inherit'] })
      const ended = once(child, 'close')
      t.after(() => ended)
      t.after(() => child.stdin.end())
      const [line] = await once(child.stdout, 'data')
      const [pid, uid, gid, groups] = JSON.parse(String(line))
      const [connection] = await server.accept()
      t.after(() => connection.close())
      assert.equal(pid, child.pid)
      assert.deepEqual(getPeerCredentials(connection), { pid, uid, gid })
      assert.deepEqual(getPeerGroups(connection).sort(), groups.sort())
      try {
        const pidfd = getPeerPidfd(connection)
        t.after(() => close(pidfd))
        assert.deepEqual(select([pidfd], [], [], 0), [[], [], []])
        child.stdin.end()
        await ended
        assert.deepEqual(select([pidfd], [], [], 5), [[pidfd], [], []])
      } catch (error) {
        if (!(error instanceof OSError && error.code === 'ENOPROTOOPT')) throw error // Before Linux 6.5.
      }
    })

    socketTest('without a peer', (t) => {
      const socket = new library.Socket(AF_UNIX)
      t.after(() => socket.close())
      assert.deepEqual(getPeerCredentials(socket), { pid: 0, uid: 0xffffffff, gid: 0xffffffff })
      assert.throws(() => getPeerGroups(socket), { code: 'ENODATA', syscall: 'getsockopt' })
      assert.throws(() => getPeerPidfd(socket), OSError)
      socket.close()
      for (const ask of [getPeerCredentials, getPeerGroups, getPeerPidfd, getPeerSecurity]) {
        assert.throws(() => ask(socket), { code: 'EBADF', syscall: 'getsockopt' })
      }
    })

    socketTest('the security context, where there is such a thing', (t) => {
      const [left, right] = library.socketpair()
      t.after(() => left.close())
      t.after(() => right.close())
      try {
        assert.doesNotMatch(getPeerSecurity(left), /\0/)
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'ENOPROTOOPT')
      }
    })
  })
}

test('a connection of node:net', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'berkeley-peer-'))
  const path = join(folder, 'socket')
  const server = createNodeServer().listen(path)
  await once(server, 'listening')
  const accepted = once(server, 'connection')
  const child = spawn('python3', ['-c', PROGRAM, path], { stdio: ['pipe', 'ignore', 'inherit'] })
  const [connection] = (await accepted) as [NodeSocket & { _handle: { fd: number } }]
  const expected = { pid: child.pid, uid: process.getuid!(), gid: process.getgid!() }
  assert.deepEqual(getPeerCredentials(connection._handle), expected)
  assert.deepEqual(getPeerCredentials(connection._handle.fd), expected)
  connection.destroy()
  child.stdin.end()
  server.close()
  await Promise.all([once(child, 'close'), once(server, 'close')])
  rmSync(folder, { recursive: true })
})
