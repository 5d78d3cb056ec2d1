// Connecting to an endpoint and listening on one: all families and types, time limits, failures, paths left behind.
import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createServer, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_STREAM, Socket } from 'berkeley'
import { connectTo } from '#connect-endpoint.js'
import { formatEndpoint, parseEndpoint } from '#endpoint.js'
import { CommandFailure } from '#exit-status.js'
import { allowManyWaits } from '#interruption.js'
import { listenOn } from '#listen-endpoint.js'
import { openSockets } from './open-descriptors.ts'

const folder = await mkdtemp(join(tmpdir(), 'berkeley-opening-'))
after(() => rm(folder, { recursive: true }))

const signal = new AbortController().signal
allowManyWaits(signal)
const connect = (text: string, type = SOCK_STREAM, timeout = 60) =>
  connectTo(parseEndpoint(text, 'connect'), { type, timeout, signal })
const listen = (text: string, type = SOCK_STREAM) => listenOn(parseEndpoint(text, 'listen'), { type, signal })

function failsWith(message: RegExp) {
  return (error: unknown) => error instanceof CommandFailure && message.test(error.message)
}

test('connections: IPv4, IPv6, names, Unix paths and abstract names', async () => {
  const path = `unix:${join(folder, 'stream')}`
  for (const [text, type] of [
    ['127.0.0.1:0', SOCK_STREAM],
    ['0', SOCK_STREAM],
    ['[::1]:0', SOCK_STREAM],
    ['localhost:0', SOCK_STREAM],
    [path, SOCK_STREAM],
    [path, SOCK_SEQPACKET],
    [`unix:@berkeley-opening-${process.pid}`, SOCK_STREAM],
  ] as const) {
    const listener = await listen(text, type)
    const client = await connect(formatEndpoint(listener.endpoint), type)
    const [server] = await listener.socket.accept()
    await client.sendall('ping')
    assert.equal((await server.recv(10)).toString(), 'ping', text)
    for (const open of [client, server, listener]) open.close()
  }
  assert.ok(!existsSync(join(folder, 'stream')), 'the path goes with its listener')
})

test('datagrams: a Unix client can be answered', async () => {
  for (const text of ['127.0.0.1:0', 'localhost:0', `unix:${join(folder, 'datagrams')}`]) {
    const listener = await listen(text, SOCK_DGRAM)
    const client = await connect(formatEndpoint(listener.endpoint), SOCK_DGRAM)
    await client.sendall('ping')
    const [data, from] = await listener.socket.recvfrom(10)
    await listener.socket.sendto(`${data}!`, from as never)
    assert.equal((await client.recv(10)).toString(), 'ping!', text)
    client.close()
    listener.close()
  }
})

test('[::] takes IPv4 too', async () => {
  const listener = await listen('[::]:0')
  const [, port] = listener.socket.getsockname() as [string, number]
  const client = await connect(`127.0.0.1:${port}`)
  client.close()
  listener.close()
})

test('what cannot be reached fails with the address and the reason, and leaves nothing open', async () => {
  const before = openSockets().length
  const closed = createServer(['127.0.0.1', 0])
  const [, port] = closed.getsockname()
  closed.close()
  const refusals: [string, RegExp][] = [
    [`127.0.0.1:${port}`, /^cannot connect to 127\.0\.0\.1:\d+: nobody listens there$/],
    ['unix:/nowhere/x', /^cannot connect to unix:\/nowhere\/x: no such path$/],
    ['unix:@nobody-is-called-so', /nobody listens there/],
    ['nobody.invalid:1', /^cannot connect to nobody\.invalid:1: no such host/],
  ]
  for (const [text, message] of refusals) await assert.rejects(connect(text), failsWith(message), text)
  await assert.rejects(connect('nobody.invalid:1', SOCK_DGRAM), failsWith(/no such host/))
  await assert.rejects(
    listen('192.0.2.1:1'),
    failsWith(/cannot listen on 192\.0\.2\.1:1: this machine does not/),
  )
  await assert.rejects(listen('unix:/nowhere/x'), failsWith(/no such path/))
  assert.equal(openSockets().length, before)
})

test('a time limit and an interruption end the wait', async () => {
  // Nobody accepts, and the queue of one is full: the kernel answers no further connection.
  const path = join(folder, 'full')
  const listener = new Socket<number>(1)
  listener.bind(path)
  listener.listen(0)
  const first = await connect(`unix:${path}`)
  await assert.rejects(connect(`unix:${path}`, SOCK_STREAM, 0.05), failsWith(/no answer within 0\.05 s$/))
  const controller = new AbortController()
  const waiting = connectTo(parseEndpoint(`unix:${path}`, 'connect'), {
    timeout: 60,
    signal: controller.signal,
  })
  controller.abort(new Error('enough'))
  await assert.rejects(waiting, /^Error: enough$/)
  first.close()
  listener.close()
})

test('a path that a dead server left is taken over, one in use and other files are not', async () => {
  const path = join(folder, 'left')
  const dead = new Socket<number>(1)
  dead.bind(path)
  dead.close()
  const listener = await listen(`unix:${path}`)
  await assert.rejects(listen(`unix:${path}`), failsWith(/the address is taken/))
  listener.close()
  assert.ok(!existsSync(path))
  writeFileSync(path, 'a letter')
  await assert.rejects(listen(`unix:${path}`), failsWith(/the address is taken/))
  assert.ok(existsSync(path))
})

test('a path that somebody else has made since stays', async () => {
  const path = join(folder, 'replaced')
  const listener = await listen(`unix:${path}`)
  await rm(path)
  writeFileSync(path, 'a letter')
  listener.close()
  listener.close()
  assert.ok(existsSync(path))
})
