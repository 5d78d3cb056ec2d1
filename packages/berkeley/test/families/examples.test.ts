// examples/families against programs that know nothing of us.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import {
  AF_ALG,
  AF_CAN,
  AF_INET,
  AF_PACKET,
  AF_RDS,
  AF_TIPC,
  AF_UNIX,
  AF_VSOCK,
  CAN_RAW,
  IPPROTO_ICMP,
  IPPROTO_MPTCP,
  IPPROTO_SCTP,
  IPPROTO_UDPLITE,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_RDM,
  SOCK_SEQPACKET,
  SOCK_STREAM,
} from 'berkeley'
import { repositoryRoot } from '../package-root.ts'
import { type Scope, socketTest } from '../scope.ts'
import { type Kind, lacking } from './lacking.ts'

const examples = join(repositoryRoot, 'examples/families')
const folder = mkdtempSync(join(tmpdir(), 'berkeley-'))
after(() => rmSync(folder, { recursive: true }))

interface Running {
  readonly pid: number
  write(text: string): void
  /** The next line, of either output. */
  line(): Promise<string>
}

/** Starts a program, which is ended with the test. */
function start(t: Scope, file: string, ...args: string[]): Running {
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  const ended = new Promise((resolve) => child.on('close', resolve))
  t.after(() => {
    child.kill('SIGKILL')
    return ended
  })
  const lines: string[] = []
  let wake = () => {}
  for (const output of [child.stdout, child.stderr]) {
    createInterface(output).on('line', (line) => {
      lines.push(line)
      wake()
    })
  }
  ended.then(() => wake())
  return {
    pid: child.pid!,
    write: (text) => void child.stdin.write(text),
    async line() {
      while (lines.length === 0) {
        assert.equal(child.exitCode, null, `${args} has ended`)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      return lines.shift()!
    },
  }
}

const example = (t: Scope, name: string, ...args: string[]) =>
  start(t, process.execPath, join(examples, `${name}.mjs`), ...args)

/** Runs a program to its end and gives its output. */
const output = (file: string, args: readonly string[], input: string | Buffer = '') =>
  execFileSync(file, args, { input, stdio: ['pipe', 'pipe', 'pipe'] })

function exampleTest(kind: Kind, name: string, body: (t: Scope) => unknown): void {
  socketTest(name, body, lacking(kind))
}

const vcan = ['/sys/class/net/vcan0']
const CAN = { family: AF_CAN, type: SOCK_RAW, proto: CAN_RAW, files: vcan, programs: ['cansend', 'candump'] }
exampleTest(CAN, 'can.mjs prints what cansend sends', async (t) => {
  const running = example(t, 'can', 'vcan0')
  assert.equal(await running.line(), 'listening on vcan0')
  output('cansend', ['vcan0', '123#DEADBEEF'])
  output('cansend', ['vcan0', '1F334455#'])
  assert.equal(await running.line(), 'vcan0  123  [4]  DE AD BE EF')
  assert.equal(await running.line(), 'vcan0  1F334455  [0]  ')
})

exampleTest(CAN, 'can.mjs sends what candump prints', async (t) => {
  const dump = start(t, 'candump', '-n', '1', 'vcan0')
  // candump does not say when it is ready, but the kernel does.
  while (!readFileSync('/proc/net/can/rcvlist_all', 'utf8').includes('vcan0 ')) await nextTurn()
  example(t, 'can', 'vcan0', '123#CAFE')
  assert.match(await dump.line(), /vcan0 +123 +\[2\] +CA FE/)
})

const ALG = { family: AF_ALG, type: SOCK_SEQPACKET, programs: ['sha256sum', 'openssl'] }
exampleTest(ALG, 'hash.mjs prints what sha256sum prints', () => {
  const file = fileURLToPath(import.meta.url)
  const expected = output('sha256sum', [file]).toString()
  assert.equal(output(process.execPath, [join(examples, 'hash.mjs'), 'sha256', file]).toString(), expected)
})

exampleTest(ALG, 'cipher.mjs encrypts what openssl decrypts, and the reverse', () => {
  const key = '00112233445566778899aabbccddeeff'
  const iv = '000102030405060708090a0b0c0d0e0f'
  const text = Buffer.alloc(160, 'sixteen bytes ok')
  const ours = (direction: string, input: Buffer) =>
    output(process.execPath, [join(examples, 'cipher.mjs'), direction, key, iv], input)
  const theirs = (...args: string[]) => ['enc', '-aes-128-cbc', '-nopad', '-K', key, '-iv', iv, ...args]
  const encrypted = output('openssl', theirs(), text)
  assert.deepEqual(ours('encrypt', text), encrypted)
  assert.deepEqual(ours('decrypt', encrypted), text)
})

const PING = { family: AF_INET, type: SOCK_DGRAM, proto: IPPROTO_ICMP, programs: ['tcpdump'] }
exampleTest(PING, 'ping.mjs sends what tcpdump sees', async (t) => {
  const dump = start(t, 'tcpdump', '-Z', 'root', '-l', '-n', '-i', 'lo', 'icmp')
  while (!/listening on lo/.test(await dump.line()));
  const printed = output(process.execPath, [join(examples, 'ping.mjs'), '127.0.0.1', '1']).toString()
  assert.match(printed, /^16 bytes from 127\.0\.0\.1: seq=1 ttl=64 time=[\d.]+ ms\n$/)
  assert.match(await dump.line(), /127\.0\.0\.1 > 127\.0\.0\.1: ICMP echo request, id \d+, seq 1, length 16/)
  assert.match(await dump.line(), /ICMP echo reply, id \d+, seq 1, length 16/)
})

const PACKET = { family: AF_PACKET, type: SOCK_DGRAM, programs: ['ping'] }
exampleTest(PACKET, 'sniff.mjs prints what ping sends', async (t) => {
  const running = example(t, 'sniff', 'lo')
  assert.equal(await running.line(), 'listening on lo')
  output('ping', ['-c', '1', '-s', '77', '127.0.0.99'])
  const wanted = ['out  127.0.0.1 > 127.0.0.99', 'in   127.0.0.1 > 127.0.0.99', 'in   127.0.0.99 > 127.0.0.1']
  for (const start of wanted) {
    const line = `${start} protocol 1, 105 bytes`
    while ((await running.line()) !== line);
  }
})

/** Something like a port, that nobody else has here. */
const freePort = (): string => String(20_000 + (process.pid % 10_000) + ++ports)
let ports = 0

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
    const running = example(t, 'echo', name, ...given)
    assert.match(await running.line(), /^listening on /)
    const target = `${peer}${port}${name === 'unix' ? ',type=5' : ''}`
    // Its input stays open: SCTP knows no end in one direction only.
    const socat = start(t, 'socat', '-', target)
    socat.write('echo this\n')
    assert.equal(await socat.line(), 'echo this')
    assert.match(await running.line(), /: 10 bytes$/)
  })
}

exampleTest({ family: AF_UNIX, type: SOCK_DGRAM, programs: ['socat'] }, 'who.mjs knows socat', async (t) => {
  const path = join(folder, 'who')
  const running = example(t, 'who', path)
  assert.equal(await running.line(), `listening on ${path}`)
  const socat = start(t, 'sh', '-c', `echo hello | exec socat -u - UNIX-SENDTO:${path}`)
  const [, pid, uid] = /^process (\d+) of user (\d+), group \d+: hello$/.exec(await running.line())!
  assert.ok(Number(pid) >= socat.pid)
  assert.equal(Number(uid), process.getuid!())
})

exampleTest({ family: AF_TIPC, type: SOCK_RDM }, 'services.mjs sees what python3 serves', async (t) => {
  const running = example(t, 'services', '18999')
  assert.equal(await running.line(), 'listening')
  const program =
    'import socket as s; a = s.socket(s.AF_TIPC, s.SOCK_RDM); a.bind((s.TIPC_ADDR_NAMESEQ, 18999, 5, 9))'
  output('python3', ['-c', program])
  const [, name] = /^5 to 9 is served by (\d+:\d+)$/.exec(await running.line())!
  assert.equal(await running.line(), `5 to 9 is no longer served by ${name}`)
})

for (const [name, kind, socket] of [
  ['rds', { family: AF_RDS, type: SOCK_SEQPACKET }, 's.socket(21, 5)'],
  ['udplite', { family: AF_INET, type: SOCK_DGRAM, proto: IPPROTO_UDPLITE }, 's.socket(2, 2, 136)'],
] as const) {
  exampleTest(kind, `datagrams.mjs ${name} prints what python3 sends`, async (t) => {
    const running = example(t, 'datagrams', name, '127.0.0.1', freePort())
    const [, host, port] = /^listening on ([\d.]+),(\d+)$/.exec(await running.line())!
    // RDS may lose what is on its way when the sender closes: it stays until it is killed.
    const sending = `a = ${socket}; a.bind(('127.0.0.1', 0)); a.sendto(b'hello', ('${host}', ${port}))`
    start(t, 'python3', '-c', `import socket as s, time; ${sending}; time.sleep(60)`)
    assert.match(await running.line(), /^127\.0\.0\.1,\d+: hello$/)
  })
}
