// The echo server as a process: every mode, every kind of socket, Python as its client, and clients that misbehave.
import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { AF_VSOCK, SO_LINGER, SOCK_DGRAM, SOCK_STREAM, SOL_SOCKET, Socket } from 'berkeley'
import { connectTo } from '#connect-endpoint.js'
import { MODES } from '#service-options.js'
import { runBerkeley, start } from './run-berkeley.ts'
import { type Service, startService, stopService } from './services.ts'
import { TerminalTalker } from './talker.ts'

const folder = await mkdtemp(join(tmpdir(), 'berkeley-echo-'))
after(() => rm(folder, { recursive: true }))

const signal = new AbortController().signal
const open = ({ endpoint }: Service, type = SOCK_STREAM) => connectTo(endpoint, { type, timeout: 60, signal })

const PYTHON_STREAM = `
import hashlib, socket, sys, threading
data = bytes(range(256)) * 8192
with socket.create_connection(('127.0.0.1', int(sys.argv[1])), 60) as connection:
    def send():
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
    threading.Thread(target=send).start()
    answer = b''
    while chunk := connection.recv(65536):
        answer += chunk
assert answer == data, len(answer)
`
const PYTHON_DATAGRAMS = `
import socket, sys
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(60)
client.connect(('127.0.0.1', int(sys.argv[1])))
for size in (0, 1, 9000, 65507):
    data = bytes(i % 251 for i in range(size))
    client.send(data)
    assert client.recv(70000) == data, size
`

async function runPython(script: string, port: number) {
  const { status, remarks } = await start('python3', ['-c', script, `${port}`]).ended
  assert.equal(status, 0, remarks)
}

for (const mode of MODES) {
  test(`${mode}: Python gets back what it sends, and all is counted`, async () => {
    const stream = await startService('echo', ':0', '--mode', mode)
    await runPython(PYTHON_STREAM, stream.port)
    await stream.run.untilResult(/"event":"statistics".*"sent":2097152,/)
    const { accepted, failed, received, sent } = await stopService(stream)
    assert.deepEqual(
      { accepted, failed, received, sent },
      { accepted: 1, failed: 0, received: 2 ** 21, sent: 2 ** 21 },
    )

    const datagrams = await startService('echo', ':0', '--datagram', '--mode', mode)
    await runPython(PYTHON_DATAGRAMS, datagrams.port)
    const end = await stopService(datagrams)
    assert.equal(end.accepted, 4)
    assert.equal(end.sent, 0 + 1 + 9000 + 65507)
  })
}

test('Unix sockets of both types, by path and by abstract name; IPv6', async () => {
  for (const [address, type] of [
    [`unix:${join(folder, 'stream')}`, SOCK_STREAM],
    [`unix:${join(folder, 'datagrams')}`, SOCK_DGRAM],
    [`unix:@berkeley-echo-${process.pid}`, SOCK_STREAM],
    ['[::1]:0', SOCK_STREAM],
    ['[::1]:0', SOCK_DGRAM],
  ] as const) {
    for (const mode of ['async', 'processes']) {
      const options = type === SOCK_DGRAM ? ['--datagram'] : []
      const service = await startService('echo', address, '--mode', mode, ...options)
      const client = await open(service, type)
      await client.sendall('hello')
      assert.equal((await client.recv(100)).toString(), 'hello', address)
      client.close()
      await stopService(service)
    }
  }
  assert.deepEqual(readdirSync(folder), [], 'the paths are gone')
})

test('vsock', async (context) => {
  const service = await startService('echo', 'vsock:any:0').catch((error: Error) => error)
  if (service instanceof Error) return context.skip(`no vsock here: ${service.message}`)
  const client = new Socket(AF_VSOCK, SOCK_STREAM)
  client.settimeout(10)
  try {
    await client.connect([1, service.port])
    await client.sendall('hello')
    assert.equal((await client.recv(100)).toString(), 'hello')
  } catch (error) {
    context.skip(`vsock has no loopback here: ${error}`)
  } finally {
    client.close()
    await stopService(service)
  }
})

test('a client that never reads is cut off, and the others are served meanwhile', async () => {
  const service = await startService('echo', ':0', '--idle-limit', '0.5', '--verbose')
  const glutton = await open(service)
  const flood = (async () => {
    for (;;) await glutton.sendall(Buffer.alloc(1_000_000))
  })().catch((error) => error.code)
  const other = await open(service)
  await other.sendall('hello')
  assert.equal((await other.recv(100)).toString(), 'hello')
  await service.run.untilResult(/"event":"failed","client":"127\.0\.0\.1:\d+","reason":"[^"]*(time|timed)/)
  assert.match(await flood, /ECONNRESET|EPIPE/)
  glutton.close()
  other.close()
  assert.ok(Number((await stopService(service)).failed) >= 1)
})

test('a client that vanishes harms nobody', async () => {
  for (const mode of MODES) {
    const service = await startService('echo', ':0', '--mode', mode, '--verbose')
    const vanishing = await open(service)
    await vanishing.sendall('x'.repeat(100_000))
    vanishing.setsockopt(SOL_SOCKET, SO_LINGER, Buffer.from(new Int32Array([1, 0]).buffer))
    vanishing.close()
    await service.run.untilResult(/"event":"failed".*"reason":"the other side (broke|has closed)/)
    const other = await open(service)
    await other.sendall('hello')
    assert.equal((await other.recv(100)).toString(), 'hello', mode)
    const { failed, cutOff } = await stopService(service)
    assert.deepEqual({ failed, cutOff }, { failed: 1, cutOff: 1 }, mode)
    other.close()
  }
})

test('datagrams from its own address, as if two servers answered each other, are refused', async () => {
  const service = await startService('echo', '127.0.0.1:0', '--datagram', '--verbose')
  // Nothing but root's raw sockets can fake a source; a socket on the same port in another family's clothes cannot. So
  // the port of a known service is used, where it is free and allowed.
  const other = new Socket<number>(2, SOCK_DGRAM)
  try {
    other.bind(['127.0.0.1', 19])
    await other.sendto('x', ['127.0.0.1', service.port])
    await service.run.untilResult(/"event":"refused","client":"127\.0\.0\.1:19"/)
    assert.equal((await stopService(service)).refused, 1)
  } catch (error) {
    await stopService(service)
    if ((error as { code?: string }).code !== 'EACCES') throw error
  } finally {
    other.close()
  }
})

test('on a terminal the last line counts, and what is said stands above it', async (context) => {
  const path = join(folder, 'counted')
  const server = new TerminalTalker(context, 'echo', `unix:${path}`, '--interval', '0.1', '--verbose')
  await server.reads(/Echo on unix:.*; Ctrl-C stops\./)
  const client = await connectTo({ kind: 'unix', path }, { timeout: 60, signal })
  await client.sendall('x'.repeat(1234))
  assert.equal((await client.recv(2000)).length, 1234)
  await server.reads(/1 accepted, 1 active · in 1\.2 KB at [\d.]+ K?B\/s · out 1\.2 KB/)
  const other = await connectTo({ kind: 'unix', path }, { timeout: 60, signal })
  await server.reads(/unix: accepted\r\n[\s\S]*2 accepted, 2 active/)
  client.close()
  await server.reads(/2 accepted, 1 active/)
  server.press('\u0003')
  await server.reads(/2 accepted, 0 refused, 0 failed, 1 cut off; received 1\.2 KB, sent 1\.2 KB in/)
  assert.equal(await server.ended, 0)
  other.close()
})

test('SIGTERM, and nothing is left', async () => {
  const path = join(folder, 'left')
  const service = await startService('echo', `unix:${path}`, '--mode', 'processes')
  service.run.child.kill('SIGTERM')
  assert.equal((await service.run.ended).status, 0)
  assert.ok(!existsSync(path))
})

test('what cannot be served says why', async () => {
  const taken = await startService('echo', ':0')
  const refusals: [string[], number, RegExp][] = [
    [[`127.0.0.1:${taken.port}`], 1, /cannot listen on 127\.0\.0\.1:\d+: the address is taken/],
    [['unix:/nowhere/x'], 1, /cannot listen on unix:\/nowhere\/x: no such path/],
    [['nonsense'], 2, /'nonsense' has no port/],
    [[':0', '--mode', 'magic'], 2, /Allowed choices are serial, async, threads, processes/],
    [[':0', '--idle-limit', '0'], 2, /must be seconds/],
    [[], 2, /missing required argument 'address'/],
  ]
  for (const [commandLine, expected, message] of refusals) {
    const { status, remarks } = await runBerkeley('echo', ...commandLine)
    assert.match(remarks, message)
    assert.equal(status, expected)
  }
  await stopService(taken)
})
