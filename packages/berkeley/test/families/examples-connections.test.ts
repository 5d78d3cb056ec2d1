// examples/families/echo.mjs, in every family of connections, against socat.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import {
  AF_INET,
  AF_UNIX,
  AF_VSOCK,
  IPPROTO_MPTCP,
  IPPROTO_SCTP,
  SOCK_SEQPACKET,
  SOCK_STREAM,
} from 'berkeley'
import { output, start } from '../examples/program.ts'
import { exampleTest, familyExample, freePort } from './example-test.ts'

const folder = mkdtempSync(join(tmpdir(), 'berkeley-'))
after(() => rmSync(folder, { recursive: true }))

for (const [name, kind, address, peer] of [
  [
    'vsock',
    { family: AF_VSOCK, type: SOCK_STREAM, files: ['/sys/module/vsock_loopback'] },
    [],
    'VSOCK-CONNECT:1:',
  ],
  ['sctp', { family: AF_INET, type: SOCK_STREAM, proto: IPPROTO_SCTP }, ['127.0.0.1'], 'SCTP:127.0.0.1:'],
  ['mptcp', { family: AF_INET, type: SOCK_STREAM, proto: IPPROTO_MPTCP }, ['127.0.0.1'], 'TCP:127.0.0.1:'],
  ['unix', { family: AF_UNIX, type: SOCK_SEQPACKET }, [], `UNIX-CONNECT:${folder}/echo-`],
] as const) {
  exampleTest({ ...kind, programs: ['socat'] }, `echo.mjs ${name} sends back what socat sends`, async (t) => {
    const port = freePort()
    const given = name === 'unix' ? [`${folder}/echo-${port}`] : [...address, port]
    const running = familyExample(t, 'echo', name, ...given)
    assert.match(await running.line(), /^listening on /)
    const target = `${peer}${port}${name === 'unix' ? ',type=5' : ''}`
    // Its input stays open: SCTP knows no end in one direction only.
    const socat = start(t, 'socat', '-', target)
    socat.write('echo this\n')
    assert.equal(await socat.line(), 'echo this')
    assert.match(await running.line(), /: 10 bytes$/)
  })
}

const UNIX = { family: AF_UNIX, type: SOCK_SEQPACKET, programs: ['python3'] }
exampleTest(UNIX, 'echo.mjs serves the next client when one has reset its connection', async (t) => {
  const path = join(folder, 'reset')
  const running = familyExample(t, 'echo', 'unix', path)
  assert.equal(await running.line(), `listening on ${path}`)
  // It goes without having read the answer, which resets the connection.
  const program = `
import select, socket
for _ in range(2):
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as client:
        client.connect('${path}')
        client.send(b'hello')
        select.select([client], [], [])
`
  output('python3', ['-c', program])
  for (let client = 0; client < 2; client++) {
    assert.match(await running.line(), /: 5 bytes$/)
    assert.match(await running.line(), /ECONNRESET/)
  }
})
