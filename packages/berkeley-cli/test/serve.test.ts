// A student's server as a process, with Python on the other end of the wire.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { createConnection, type Socket } from 'berkeley'
import { readAll } from './hosts.ts'
import { type Run, runBerkeley, start, startBerkeley } from './run-berkeley.ts'

const BODY = ['--id', '1527406014', '--height', '178', '--weight', '60', '--size', 'XXL']
const SERVE = ['classroom', 'serve', ...BODY, '--port', '0']
const RECORD = '{"id":1527406014,"height":178,"weight":60,"size":"XXL"}\n'

const PYTHON_CLIENT = `
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), 30) as connection:
    connection.sendall(sys.argv[3].encode())
    answer = b''
    while chunk := connection.recv(4096):
        answer += chunk
sys.stdout.write(answer.decode())
`

async function portOf(run: Run): Promise<string> {
  const [, port = ''] = await run.untilRemark(/Serving student \S+ on \S+:(\d+);/)
  return port
}

async function askWithPython(host: string, port: string, request: string): Promise<string> {
  const { status, results, remarks } = await start('python3', ['-c', PYTHON_CLIENT, host, port, request])
    .ended
  assert.equal(status, 0, remarks)
  return results
}

async function stop(run: Run, signal: NodeJS.Signals = 'SIGINT') {
  run.child.kill(signal)
  return run.ended
}

test('Python asks, and every visitor is in the log', async () => {
  const run = startBerkeley(...SERVE)
  const port = await portOf(run)
  assert.equal(await askWithPython('127.0.0.1', port, 'get\n'), RECORD)
  assert.equal(await askWithPython('127.0.0.1', port, 'get\r\n'), RECORD)
  assert.equal(
    await askWithPython('127.0.0.1', port, '\u001b[31mgive\n'),
    '{"error":"unknown request; send get"}\n',
  )
  await run.untilRemark(/give/)

  const { status, results, remarks } = await stop(run)
  assert.equal(status, 0)
  assert.equal(results, '')
  const visitor = String.raw`^\d{4}-\d\d-\d\dT[\d:.]+Z 127\.0\.0\.1:\d+ `
  assert.match(remarks, new RegExp(`${visitor}asked "get", got the record$`, 'm'))
  assert.match(
    remarks,
    new RegExp(`${visitor}asked "\\\\u001b\\[31mgive", got an error: unknown request`, 'm'),
  )
  assert.match(remarks, /Stopped\.\n$/)
})

test('IPv6, and both versions on ::', async (context: TestContext) => {
  const run = startBerkeley(...SERVE, '--host', '::')
  const outcome = await Promise.race([portOf(run), run.ended.then(({ remarks }) => ({ remarks }))]).catch(
    () => null,
  )
  if (typeof outcome !== 'string') return context.skip('this machine has no IPv6')
  assert.equal(await askWithPython('::1', outcome, 'get\n'), RECORD)
  assert.equal(await askWithPython('127.0.0.1', outcome, 'get\n'), RECORD)
  assert.equal((await stop(run, 'SIGTERM')).status, 0)
})

test('a visitor who is in the middle of a request does not keep the server from stopping', async () => {
  const run = startBerkeley(...SERVE, '--idle-limit', '3600', '--total-limit', '3600')
  const address = ['127.0.0.1', Number(await portOf(run))] as const
  const visitor = await createConnection(address)
  await visitor.sendall('ge')
  const other = await createConnection(address)
  await other.sendall('get\n')
  assert.equal(await readAll(other), RECORD)
  other.close()
  const { status, remarks } = await stop(run)
  assert.equal(status, 0)
  assert.match(remarks, /got nothing: the server stops/)
  visitor.close()
})

test('limits of the command line hold', async () => {
  const run = startBerkeley(...SERVE, '--idle-limit', '0.05', '--line-limit', '10')
  const port = await portOf(run)
  assert.equal(await askWithPython('127.0.0.1', port, 'ge'), '{"error":"silent for 0.05 s"}\n')
  assert.equal(
    await askWithPython('127.0.0.1', port, 'x'.repeat(11)),
    '{"error":"request longer than 10 bytes"}\n',
  )
  assert.equal((await stop(run)).status, 0)
})

/** Leaves a running process room for so many more descriptors. */
async function leaveRoom(run: Run, descriptors: number): Promise<void> {
  const open = readdirSync(`/proc/${run.child.pid}/fd`).length
  const limit =
    'import resource, sys; pid, limit = map(int, sys.argv[1:]); resource.prlimit(pid, resource.RLIMIT_NOFILE, (limit, limit))'
  const { status, remarks } = await start('python3', [
    '-c',
    limit,
    `${run.child.pid}`,
    `${open + descriptors}`,
  ]).ended
  assert.equal(status, 0, remarks)
}

test('out of descriptors the server waits, and goes on', async () => {
  const run = startBerkeley(...SERVE, '--idle-limit', '3600', '--total-limit', '3600')
  const address = ['127.0.0.1', Number(await portOf(run))] as const
  await leaveRoom(run, 10)
  const crowd: Socket<number>[] = []
  for (let visitors = 0; visitors < 30; visitors++) crowd.push(await createConnection(address))
  await run.untilRemark(/cannot accept visitors for now: .*EMFILE/)
  for (const visitor of crowd) visitor.close()

  const visitor = await createConnection(address)
  await visitor.sendall('get\n')
  assert.equal(await readAll(visitor), RECORD)
  visitor.close()
  assert.equal((await stop(run)).status, 0)
})

test('what cannot be served says why', async () => {
  const busy = startBerkeley(...SERVE)
  const port = await portOf(busy)
  const refusals: [string[], number, RegExp][] = [
    [['--port', port], 1, /cannot listen on 127\.0\.0\.1:\d+: the port is taken/],
    [['--host', '192.0.2.1'], 1, /cannot listen on 192\.0\.2\.1:0: this machine does not have that address/],
    [['--height', '1.78'], 2, /absurd height: 1\.78 is not between 40 and 280 cm/],
    [['--height', 'tall'], 2, /'--height <cm>' argument 'tall' is invalid/],
    [['--id', '\u001b[2J'], 2, /absurd id: "\\u001b\[2J"/],
    [['--size', 'huge'], 2, /absurd size/],
    [['--port', '70000'], 2, /from 1 to 65535/],
    [['--idle-limit', '0'], 2, /more than 0/],
    [['--nonsense'], 2, /unknown option/],
  ]
  for (const [options, expected, message] of refusals) {
    const { status, remarks } = await runBerkeley(...SERVE, ...options)
    assert.match(remarks, message)
    assert.equal(status, expected, options.join(' '))
  }
  const { status, remarks } = await runBerkeley('classroom', 'serve')
  assert.equal(status, 2)
  assert.match(remarks, /required option '--id <id>' not specified/)
  await stop(busy)
})
