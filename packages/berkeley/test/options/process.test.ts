// A descriptor of another process: python3 has the socket, we have its options, and it goes on without us.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { before, describe, test } from 'node:test'
import { close, linger, SO_LINGER, SO_PRIORITY, SOL_SOCKET } from 'berkeley'
import { fromProcess, getsockopt } from 'berkeley/options'
import { forms } from '../forms.ts'
import { socketTest } from '../scope.ts'
import { warmUp } from '../worlds.ts'

before(warmUp)

const PROGRAM = `
import fcntl, json, os, socket, struct, sys
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(('127.0.0.1', 0))
sock.setsockopt(socket.SOL_SOCKET, socket.SO_PRIORITY, 5)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 7))
print(json.dumps([sock.fileno(), sock.getsockname()]), flush=True)
sys.stdin.readline()
print(fcntl.fcntl(sock.fileno(), fcntl.F_GETFL) & os.O_NONBLOCK, flush=True)
sys.stdin.readline()
print(sock.getsockopt(socket.SOL_SOCKET, socket.SO_PRIORITY), flush=True)
sys.stdin.read()
`

for (const { name: form, library } of forms) {
  describe(form, () => {
    socketTest('the same socket, here and there', async (t) => {
      const child = spawn('python3', ['-c', PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] })
      const ended = once(child, 'close')
      t.after(() => ended)
      t.after(() => child.stdin.end())
      const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
      const [fd, address] = JSON.parse((await lines.next()).value)
      const copy = fromProcess(child.pid!, fd)
      t.after(() => close(copy))
      assert.equal(getsockopt(copy, SOL_SOCKET, SO_PRIORITY), 5)
      assert.deepEqual(linger.decode(getsockopt(copy, SOL_SOCKET, SO_LINGER, 8)), { onoff: true, linger: 7 })
      assert.throws(() => getsockopt(copy, SOL_SOCKET, 9999 as number), { code: 'ENOPROTOOPT' })
      child.stdin.write('\n')
      assert.equal((await lines.next()).value, '0') // Its flags have no O_NONBLOCK.
      const socket = library.fromfd(copy)
      t.after(() => socket.close())
      assert.deepEqual(socket.getsockname(), address)
      socket.setsockopt(SOL_SOCKET, SO_PRIORITY, 3)
      child.stdin.write('\n')
      assert.equal((await lines.next()).value, '3')
    })
  })
}

test('what the kernel refuses, and nothing left open', () => {
  const open = () => readdirSync('/proc/self/fd').length
  const before = open()
  // No process can have this number: it is the largest (PID_MAX_LIMIT) there is.
  assert.throws(() => fromProcess(4_194_304, 0), { code: 'ESRCH', syscall: 'pidfd_open' })
  assert.throws(() => fromProcess(process.pid, 999_999), { code: 'EBADF', syscall: 'pidfd_getfd' })
  assert.equal(open(), before)
})
