// The time server as a process, asked by Python and over every kind of socket.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatTime } from '#commands/time/clock-formats.js'
import { MODES } from '#service-options.js'
import { start } from './run-berkeley.ts'
import { startService, stopService } from './services.ts'

const PYTHON_TCP = `
import socket, sys
with socket.create_connection(('127.0.0.1', int(sys.argv[1])), 60) as connection:
    connection.sendall(b'what time is it?')
    answer = b''
    while chunk := connection.recv(100):
        answer += chunk
sys.stdout.buffer.write(answer)
`
const PYTHON_UDP = `
import socket, sys
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(60)
client.sendto(b'', ('127.0.0.1', int(sys.argv[1])))
sys.stdout.buffer.write(client.recv(100))
`

async function ask(script: string, port: number): Promise<string> {
  const { status, results, remarks } = await start('python3', ['-c', script, `${port}`]).ended
  assert.equal(status, 0, remarks)
  return results
}

for (const mode of MODES) {
  test(`${mode}: Python is told the time over TCP and UDP`, async () => {
    for (const [script, options] of [
      [PYTHON_TCP, []],
      [PYTHON_UDP, ['--datagram']],
    ] as const) {
      const service = await startService('time', ':0', '--format', 'iso', '--mode', mode, ...options)
      const before = Date.now()
      const answer = await ask(script, service.port)
      assert.match(answer, /^\d{4}-\d\d-\d\dT[\d:.]+Z\r\n$/)
      const told = Date.parse(answer.trim())
      assert.ok(before <= told && told <= Date.now(), answer)
      const { accepted, sent, failed } = await stopService(service)
      assert.deepEqual({ accepted, sent, failed }, { accepted: 1, sent: answer.length, failed: 0 })
    }
  })
}

test('ctime is what Python reads and writes as such', async () => {
  const service = await startService('time', ':0')
  const script = `${PYTHON_TCP}
import time
assert time.ctime(time.mktime(time.strptime(answer.decode().strip()))) == answer.decode().strip()
`
  await ask(script, service.port)
  await stopService(service)
})

test('the formats', () => {
  const now = new Date(2026, 10, 6, 9, 5, 1, 250)
  assert.equal(formatTime('ctime', now).toString(), 'Fri Nov  6 09:05:01 2026\r\n')
  assert.equal(formatTime('iso', new Date(0)).toString(), '1970-01-01T00:00:00.000Z\r\n')
  assert.equal(formatTime('unix', new Date(1250)).toString(), '1.250\r\n')
  // The example of RFC 868: 2,208,988,800 corresponds to 00:00 1 Jan 1970 GMT. And it wraps in 2036.
  assert.equal(formatTime('rfc868', new Date(0)).readUInt32BE(), 2_208_988_800)
  assert.equal(formatTime('rfc868', new Date(Date.UTC(2036, 1, 7, 6, 28, 16))).readUInt32BE(), 0)
})
