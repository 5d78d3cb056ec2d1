// The chat as processes: half duplex and a room, with Python and ncat on the other side, and guests that misbehave.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { createConnection, SO_LINGER, SOL_SOCKET } from 'berkeley'
import { without } from './programs.ts'
import { MAIN, runBerkeley } from './run-berkeley.ts'
import { Talker } from './talker.ts'

const folder = await mkdtemp(join(tmpdir(), 'berkeley-chat-'))
after(() => rm(folder, { recursive: true }))

const berkeley = (context: TestContext, ...commandLine: string[]) =>
  new Talker(context, process.execPath, MAIN, 'chat', ...commandLine)

/** A listener, and where it is. */
async function listen(context: TestContext, ...options: string[]): Promise<[Talker, port: string]> {
  const talker = berkeley(context, 'listen', ':0', ...options)
  const [, port = ''] = await talker.reads(/Listening on 127\.0\.0\.1:(\d+);/)
  return [talker, port]
}

const STAMP = String.raw`\[\d\d:\d\d:\d\d\]`

// The programs of the tutorial: the client speaks first, then they take turns.
const PYTHON_CLIENT = `
import socket, sys
with socket.create_connection(('127.0.0.1', int(sys.argv[1])), 60) as connection:
    for line in sys.stdin:
        connection.sendall(line.encode())
        answer = connection.recv(1024)
        print('got', answer.decode().strip(), flush=True)
`
const PYTHON_SERVER = `
import socket, sys
with socket.create_server(('127.0.0.1', 0)) as server:
    print('port', server.getsockname()[1], flush=True)
    connection, _ = server.accept()
    while line := connection.recv(1024):
        print('got', line.decode().strip(), flush=True)
        connection.sendall(sys.stdin.readline().encode())
`

test("half duplex with the tutorial's client in Python", async (context) => {
  const [host, port] = await listen(context, '--half-duplex')
  const python = new Talker(context, 'python3', '-c', PYTHON_CLIENT, port)
  // What is said before it is one's turn is said later.
  host.say('first answer', 'second answer')
  python.say('first question')
  await host.reads(new RegExp(`^${STAMP} first question$`, 'm'))
  await python.reads(/got first answer/)
  python.say('second question')
  await host.reads(new RegExp(`^${STAMP} second question$`, 'm'))
  await python.reads(/got second answer/)
  python.child.stdin.end()
  await host.reads(/The other side has closed the connection\./)
  assert.equal(await host.ended, 0)
  assert.equal(await python.ended, 0)
})

test("half duplex with the tutorial's server in Python", async (context) => {
  const python = new Talker(context, 'python3', '-c', PYTHON_SERVER)
  const [, port = ''] = await python.reads(/port (\d+)/)
  const guest = berkeley(context, 'connect', `:${port}`, '--half-duplex')
  guest.say('ümlaut')
  await python.reads(/got ümlaut/)
  python.say('understood')
  await guest.reads(new RegExp(`${STAMP} understood\n`))
  guest.child.stdin.end()
  assert.equal(await guest.ended, 0)
  assert.equal(await python.ended, 0)
})

test('half duplex of two of us, --json', async (context) => {
  const host = berkeley(context, 'listen', `unix:${join(folder, 'half')}`, '--half-duplex', '--json')
  await host.reads(/"event":"listening","address":"unix:/)
  const guest = berkeley(context, 'connect', `unix:${join(folder, 'half')}`, '--half-duplex', '--json')
  guest.say('ping')
  await host.reads(/\{"event":"message","time":"[^"]+Z","from":null,"text":"ping"\}/)
  host.say('pong')
  await guest.reads(/"text":"pong"/)
  host.child.kill('SIGINT')
  assert.equal(await host.ended, 130)
  guest.say('anybody?')
  await guest.reads(/The other side has closed the connection\.|the conversation ended/)
  await guest.ended
})

test('a room: names, relayed messages, who is here, joining and leaving', async (context) => {
  const [host, port] = await listen(context, '--name', 'ada')
  const bob = berkeley(context, 'connect', `:${port}`, '--name', 'bob')
  await host.reads(/\* guest-1 has joined from 127\.0\.0\.1:\d+\n.* \* guest-1 is now bob\n/)
  const third = berkeley(context, 'connect', `:${port}`)
  await third.reads(/\* welcome, guest-2;/)
  bob.say('hello')
  await host.reads(new RegExp(`${STAMP} <bob> hello\n`))
  await third.reads(new RegExp(`${STAMP} <bob> hello\n`))
  host.say('hi bob')
  await bob.reads(/<ada> hi bob\n/)
  third.say('/name ada', '/name b o b', '/name <ada>', '/name eve', '/who', '/nonsense')
  await third.reads(/\* the name ada is taken\n/)
  await third.reads(/\* "b o b" is no name: up to 32 letters/)
  await third.reads(/\* "<ada>" is no name/)
  await third.reads(/\* guest-2 is now eve\n.*\* here are ada, bob, eve\n.*\* \/name ada takes a name/)
  host.say('/name lovelace', '/who', '//slash')
  await host.reads(/\* ada is now lovelace\n.*\* here are lovelace, bob, eve\n/)
  await third.reads(/<lovelace> \/slash\n/)
  bob.say('/quit')
  assert.equal(await bob.ended, 0)
  await third.reads(/\* bob has left\n/)
  third.child.stdin.end('last words\n')
  await host.reads(/<eve> last words\n.*\* eve has left\n/)
  assert.equal(await third.ended, 0)
  host.child.kill('SIGTERM')
  assert.equal(await host.ended, 143)
})

test('ncat is a guest, and ncat is a host', { skip: without({ ncat: 'ncat' }) }, async (context) => {
  const [host, port] = await listen(context)
  const ncat = new Talker(context, 'ncat', '127.0.0.1', port)
  await ncat.reads(/\* welcome, guest-1/)
  ncat.say('/name carl', 'hello from ncat')
  await host.reads(/<carl> hello from ncat\n/)
  host.say('hello ncat')
  await ncat.reads(/<host> hello ncat\n/)

  const path = join(folder, 'ncat')
  const server = new Talker(context, 'ncat', '-v', '-l', '-U', path)
  await server.reads(/Listening on /)
  const guest = berkeley(context, 'connect', `unix:${path}`, '--bare')
  guest.say('/name is just a line')
  await server.reads(/^\/name is just a line$/m)
  server.say('<not> a name')
  await guest.reads(new RegExp(`${STAMP} <not> a name\n`))
  server.child.kill()
  assert.equal(await guest.ended, 0)
})

test('a bare room relays lines as they are', async (context) => {
  const [host, port] = await listen(context, '--bare')
  const address = ['127.0.0.1', Number(port)] as const
  const one = await createConnection(address)
  const two = await createConnection(address)
  await host.reads(/guest-1 has joined[\s\S]*guest-2 has joined/)
  await one.sendall('/who\n')
  assert.equal((await two.recv(100)).toString(), '/who\n')
  host.say('all')
  assert.equal((await one.recv(100)).toString(), 'all\n')
  one.close()
  two.close()
})

test('names and texts that would move the cursor are escaped', async (context) => {
  const [host, port] = await listen(context)
  const guest = await createConnection(['127.0.0.1', Number(port)])
  await guest.sendall('/name \u001b[31mred\n\u001b[2J\u202eevil\u0007\n')
  await host.reads(/<guest-1> \\u\{1b\}\[2J\\u\{202e\}evil\\u\{7\}\n/)
  const answers = (await guest.recv(1000)).toString()
  assert.match(answers, /"\\u001b\[31mred" is no name/)
  // A host is not trusted either.
  guest.close()
  const server = new Talker(context, 'python3', '-c', PYTHON_SERVER)
  const [, itsPort = ''] = await server.reads(/port (\d+)/)
  const visitor = berkeley(context, 'connect', `:${itsPort}`)
  visitor.say('hi')
  server.say('<\u001b[31mred> \u001b[2J')
  await visitor.reads(/<\\u\{1b\}\[31mred> \\u\{1b\}\[2J\n/)
})

test('guests that misbehave lose their seat, and nobody else anything', async (context) => {
  const [host, port] = await listen(context)
  const address = ['127.0.0.1', Number(port)] as const
  const bob = berkeley(context, 'connect', `:${port}`, '--name', 'bob')
  await host.reads(/is now bob/)

  const endless = await createConnection(address)
  await endless.sendall(Buffer.alloc(20_000, 'x')).catch(() => {})
  await bob.reads(/\* guest-2 has left: it sent a line of more than 8192 bytes\n/)
  endless.close()

  const vanishing = await createConnection(address)
  await vanishing.sendall('boo\n')
  await bob.reads(/<guest-3> boo\n/)
  vanishing.setsockopt(SOL_SOCKET, SO_LINGER, Buffer.from(new Int32Array([1, 0]).buffer))
  vanishing.close()
  await bob.reads(/\* guest-3 has left: the other side broke the connection off\n/)

  const deaf = await createConnection(address)
  await bob.reads(/\* guest-4 has joined\n/)
  const line = 'y'.repeat(8000)
  let isGone = false
  const gone = bob
    .reads(/\* guest-4 has left: it has not read the last 1048576 bytes\n/)
    .then(() => (isGone = true))
  while (!isGone) {
    bob.say(line)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await gone
  deaf.close()
  bob.say('still here')
  await host.reads(/<bob> still here\n/)
})

test('who pipes a file into the room waits for one who does not read, but not for long', async (context) => {
  const [host, port] = await listen(context, '--stall-limit', '3')
  const address = ['127.0.0.1', Number(port)] as const
  const deaf = await createConnection(address)
  await host.reads(/guest-1 has joined/)
  const bob = berkeley(context, 'connect', `:${port}`)
  await host.reads(/guest-2 has joined/)
  host.child.stdin.write(`${'z'.repeat(8000)}\n`.repeat(2000))
  host.say('the end')
  await host.reads(/\* guest-1 has left: it has read nothing for 3 s\n/)
  await bob.reads(/<host> the end\n/)
  deaf.close()
})

test('a host whose line never ends, and one that vanishes', async (context) => {
  for (const [farewell, message] of [
    ["connection.sendall(b'x' * 20000)", /error: the other side sent a line of more than 8192 bytes\n/],
    [
      "connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\\1\\0\\0\\0\\0\\0\\0\\0'); connection.close()",
      /error: the conversation ended: the other side broke the connection off\n/,
    ],
  ] as const) {
    const program = `
import socket, sys
with socket.create_server(('127.0.0.1', 0)) as server:
    print('port', server.getsockname()[1], flush=True)
    connection, _ = server.accept()
    connection.recv(100)
    ${farewell}
    sys.stdin.readline()
`
    const server = new Talker(context, 'python3', '-c', program)
    const [, port = ''] = await server.reads(/port (\d+)/)
    const visitor = berkeley(context, 'connect', `:${port}`)
    visitor.say('hi')
    await visitor.reads(message)
    assert.equal(await visitor.ended, 1)
  }
})

test('an endless line on standard input is refused', async (context) => {
  const [, port] = await listen(context)
  const visitor = berkeley(context, 'connect', `:${port}`)
  visitor.child.stdin.write('x'.repeat(100_000))
  await visitor.reads(/error: line 1 of standard input is longer than 8192 bytes/)
  assert.equal(await visitor.ended, 1)
})

test('a piped file is said whole, and what comes back is awaited', async (context) => {
  const [host, port] = await listen(context)
  const visitor = berkeley(context, 'connect', `:${port}`, '--quiet')
  visitor.child.stdin.end(Array.from({ length: 5000 }, (_, line) => `line ${line}\n`).join(''))
  assert.equal(await visitor.ended, 0)
  await host.reads(/<guest-1> line 4999\n/)
  assert.equal([...host.text.matchAll(/<guest-1> line \d+\n/g)].length, 5000)
})

test('what cannot be done says why', async () => {
  const refusals: [string[], number, RegExp][] = [
    [['connect', 'unix:/nowhere/x'], 1, /cannot connect to unix:\/nowhere\/x: no such path/],
    [['listen', '192.0.2.1:1'], 1, /cannot listen on 192\.0\.2\.1:1/],
    [['connect', ':1', '--name', 'a b'], 2, /--name must be up to 32 letters/],
    [['listen'], 2, /missing required argument 'address'/],
    [['listen', ':0', '--guests', '0'], 2, /whole number from 1 to/],
  ]
  for (const [commandLine, expected, message] of refusals) {
    const { status, remarks } = await runBerkeley('chat', ...commandLine)
    assert.match(remarks, message)
    assert.equal(status, expected)
  }
})
