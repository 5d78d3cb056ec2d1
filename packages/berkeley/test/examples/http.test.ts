// examples/http: the server beside Python's with the same application, and WebSockets of Python.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { without } from '../programs.ts'
import { example, output, pathOfPeer, portOf, printedByPython, programTest, python } from './program.ts'

programTest("wsgi.mjs answers Python's client as Python's server does", async (t) => {
  const ours = await portOf(example(t, 'http/wsgi', '0'))
  const theirs = await portOf(python(t, 'wsgi'))
  for (const request of [
    ['GET', '/'],
    ['GET', '/some/where?a=1&b=2'],
    ['HEAD', '/'],
    ['POST', '/greet?loud', 'how are you, Zoë?'],
    ['POST', '/', 'x'.repeat(100_000)],
  ]) {
    const answer = await printedByPython('http_client', ours, ...request)
    assert.equal(answer, await printedByPython('http_client', theirs, ...request))
    assert.match(answer, /^200 OK text\/plain; charset=utf-8/)
  }
})

programTest(
  'wsgi.mjs answers curl, many times at once, and can be started again at once',
  async (t) => {
    const server = example(t, 'http/wsgi', '0')
    const port = await portOf(server)
    const idle = python(t, 'idle', port)
    assert.equal(await idle.line(), 'connected')
    const url = `http://127.0.0.1:${port}/greet?loud`
    for (let time = 0; time < 3; time++) {
      const answer = output('curl', ['--silent', '--show-error', '--data', 'how are you', url]).toString()
      assert.equal(answer, 'POST /greet?loud: how are you\n')
    }
    assert.match(output('curl', ['--silent', '--head', url]).toString(), /^HTTP\/1\.1 200 OK\r\n/)
    idle.kill('SIGKILL')
    server.kill('SIGINT')
    assert.equal(await server.ended, 'SIGINT')
    assert.equal(await portOf(example(t, 'http/wsgi', port)), port)
  },
  without({ curl: 'curl' }),
)

programTest('wsgi.mjs refuses what is no request', async (t) => {
  const port = await portOf(example(t, 'http/wsgi', '0'))
  for (const request of [
    'nonsense\r\n\r\n',
    'GET / HTTP/1.1\r\nnonsense\r\n\r\n',
    'GET / HTTP/2.0\r\n\r\n',
    'POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n',
    'POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n',
    'POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nshrt',
    'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ]) {
    const answer = await printedByPython('answer_to', port, Buffer.from(request).toString('hex'))
    assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/, request)
  }
})

/** The system's Python, for which Debian has the library. */
const systemPython = '/usr/bin/python3'
const noLibrary =
  spawnSync(systemPython, ['-c', 'import websockets']).status !== 0 &&
  process.env.BERKELEY_TEST_ALL !== '1' &&
  `no websockets of ${systemPython} (apt-get install python3-websockets)`

programTest(
  "websocket.mjs sends back what Python's library sends",
  async (t) => {
    const port = await portOf(example(t, 'http/websocket', '0'))
    for (let client = 0; client < 2; client++) {
      const said = output(systemPython, [pathOfPeer('websocket_client'), port]).toString()
      assert.equal(said, 'all came back\n')
    }
  },
  noLibrary,
)

programTest('websocket.mjs closes with the status that the RFC has for what must not be', async (t) => {
  const port = await portOf(example(t, 'http/websocket', '0'))
  const closed = (status: number) => `8802${status.toString(16).padStart(4, '0')}`
  const cases = [
    // "Hello", masked: the example of section 5.7.
    ['818537fa213d7f9f4d5158' + '8880aabbccdd', `810548656c6c6f${closed(1000)}`],
    ['810548656c6c6f', closed(1002)], // Not masked.
    ['c18537fa213d7f9f4d5158', closed(1002)], // A reserved bit.
    ['838537fa213d7f9f4d5158', closed(1002)], // A reserved type.
    ['808537fa213d7f9f4d5158', closed(1002)], // Goes on with nothing.
    ['018000000000' + '818000000000', closed(1002)], // A message within a message.
    ['098000000000', closed(1002)], // A ping in parts.
    ['89fe007e00000000', closed(1002)], // A ping that is too long.
    ['818200000000c328', closed(1007)], // No UTF-8.
    ['82ff000000010000000000000000', closed(1009)], // 4 GiB.
    ['8185', closed(1002)], // It ended within a frame.
    ['8980deadbeef' + '8880deadbeef', `8a00${closed(1000)}`], // A ping.
    [`82fe007f00000000${'00'.repeat(127)}888000000000`, `827e007f${'00'.repeat(127)}${closed(1000)}`],
  ] as const
  const answers = await printedByPython('websocket_bytes', port, ...cases.map(([frames]) => frames))
  assert.deepEqual(
    answers.trimEnd().split('\n'),
    cases.map(([, answer]) => answer),
  )
})

programTest('websocket.mjs refuses a request that asks for no WebSocket', async (t) => {
  const port = await portOf(example(t, 'http/websocket', '0'))
  const request = Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n').toString('hex')
  assert.match(await printedByPython('answer_to', port, request), /^HTTP\/1\.1 400 Bad Request\r\n/)
})
