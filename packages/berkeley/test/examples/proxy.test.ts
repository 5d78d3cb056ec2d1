// examples/proxy.mjs between a client and a server that are CPython's.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { repositoryRoot } from '../package-root.ts'

// The client sends many bytes and stops; only then does the server answer, with their digest and many others.
const SERVER = `
import hashlib, socket
with socket.create_server(('127.0.0.1', 0)) as server:
    print(server.getsockname()[1], flush=True)
    connection, _ = server.accept()
    digest = hashlib.sha256()
    while data := connection.recv(65536): digest.update(data)
    connection.sendall(digest.digest() + bytes(range(256)) * 100_000)
    connection.close()
`
const CLIENT = `
import hashlib, os, socket, sys
data = os.urandom(30_000_000)
with socket.create_connection(('127.0.0.1', int(sys.argv[1]))) as client:
    client.sendall(data)
    client.shutdown(socket.SHUT_WR)
    with client.makefile('rb') as file: answer = file.read()
assert answer[:32] == hashlib.sha256(data).digest()
assert answer[32:] == bytes(range(256)) * 100_000
print('all right')
`

function start(command: string, ...args: string[]) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], cwd: repositoryRoot })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return { child, line: async () => String((await lines.next()).value) }
}

test('proxy.mjs passes on both directions and their ends', { timeout: 60_000 }, async () => {
  const server = start('python3', '-c', SERVER)
  const port = await server.line()
  const proxy = start(process.execPath, join(repositoryRoot, 'examples/proxy.mjs'), '0', '127.0.0.1', port)
  try {
    const [, proxyPort] = /^127\.0\.0\.1:(\d+) → /.exec(await proxy.line())!
    const client = start('python3', '-c', CLIENT, proxyPort!)
    assert.equal(await client.line(), 'all right')
    assert.match(await proxy.line(), /: 30000000 bytes there, 25600032 bytes back$/)
  } finally {
    for (const { child } of [server, proxy]) child.kill()
    await once(proxy.child, 'close')
  }
})
