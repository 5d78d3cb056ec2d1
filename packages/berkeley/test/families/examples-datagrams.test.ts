// examples/families: datagrams, and who sent them, against socat and python3.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { AF_INET, AF_RDS, AF_UNIX, IPPROTO_UDPLITE, SOCK_DGRAM, SOCK_SEQPACKET } from 'berkeley'
import { start } from '../examples/program.ts'
import { exampleTest, familyExample, freePort } from './example-test.ts'

const folder = mkdtempSync(join(tmpdir(), 'berkeley-'))
after(() => rmSync(folder, { recursive: true }))

exampleTest({ family: AF_UNIX, type: SOCK_DGRAM, programs: ['socat'] }, 'who.mjs knows socat', async (t) => {
  const path = join(folder, 'who')
  const running = familyExample(t, 'who', path)
  assert.equal(await running.line(), `listening on ${path}`)
  const socat = start(t, 'sh', '-c', `echo hello | exec socat -u - UNIX-SENDTO:${path}`)
  const [, pid, uid] = /^process (\d+) of user (\d+), group \d+: hello$/.exec(await running.line())!
  assert.ok(Number(pid) >= socat.pid)
  assert.equal(Number(uid), process.getuid!())
})

for (const [name, kind, socket] of [
  ['rds', { family: AF_RDS, type: SOCK_SEQPACKET }, 's.socket(21, 5)'],
  ['udplite', { family: AF_INET, type: SOCK_DGRAM, proto: IPPROTO_UDPLITE }, 's.socket(2, 2, 136)'],
] as const) {
  exampleTest(kind, `datagrams.mjs ${name} prints what python3 sends`, async (t) => {
    const running = familyExample(t, 'datagrams', name, '127.0.0.1', freePort())
    const [, host, port] = /^listening on ([\d.]+),(\d+)$/.exec(await running.line())!
    // RDS may lose what is on its way when the sender closes: it stays until it is killed.
    const sending = `a = ${socket}; a.bind(('127.0.0.1', 0)); a.sendto(b'hello', ('${host}', ${port}))`
    start(t, 'python3', '-c', `import socket as s, time; ${sending}; time.sleep(60)`)
    assert.match(await running.line(), /^127\.0\.0\.1,\d+: hello$/)
  })
}
