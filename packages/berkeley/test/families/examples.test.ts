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
  AF_BLUETOOTH,
  AF_CAN,
  AF_INET,
  AF_PACKET,
  AF_QIPCRTR,
  AF_RDS,
  AF_TIPC,
  AF_UNIX,
  AF_VSOCK,
  BTPROTO_HCI,
  BTPROTO_L2CAP,
  BTPROTO_RFCOMM,
  CAN_BCM,
  CAN_ISOTP,
  CAN_J1939,
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
import { controllersNeeded, LEFT, RIGHT, useControllers } from './controllers.ts'
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
/** Waits until somebody receives: can-utils' programs do not say when they are ready, but the kernel does. */
async function heard(list: string, what: string): Promise<void> {
  while (!readFileSync(`/proc/net/can/rcvlist_${list}`, 'utf8').includes(`${what} `)) await nextTurn()
}

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
  await heard('all', 'vcan0')
  example(t, 'can', 'vcan0', '123#CAFE')
  assert.match(await dump.line(), /vcan0 +123 +\[2\] +CA FE/)
})

const canOf = (type: number, proto: number, ...programs: string[]) => {
  return { family: AF_CAN, type, proto, files: vcan, programs }
}
const BCM = canOf(SOCK_DGRAM, CAN_BCM, 'cansend', 'candump')
exampleTest(
  BCM,
  'cyclic.mjs sends what candump prints again and again, and sees what cansend changes',
  async (t) => {
    const dump = start(t, 'candump', 'vcan0')
    await heard('all', 'vcan0')
    const running = example(t, 'cyclic', 'vcan0', '321#BEEF', '0.05', '322')
    assert.equal(await running.line(), 'sending 321 every 0.05 s')
    for (let i = 0; i < 3; i++) assert.match(await dump.line(), /vcan0 +321 +\[2\] +BE EF$/)
    for (const data of ['01', '0102']) {
      output('cansend', ['vcan0', `322#${data}`])
      assert.equal(await running.line(), `322 is now ${data}`)
    }
  },
)

const ISOTP = canOf(SOCK_DGRAM, CAN_ISOTP, 'isotpsend', 'isotprecv')
exampleTest(ISOTP, 'isotp.mjs and isotpsend, isotprecv, with messages of many frames', async (t) => {
  const message = Buffer.from('a message that is longer than a frame')
  const bytes = message.toString('hex').toUpperCase().match(/../g)!.join(' ')
  const receiving = start(t, 'isotprecv', '-s', '7E8', '-d', '7E0', 'vcan0')
  await heard('sff', '7e0')
  const running = example(t, 'isotp', 'vcan0', '7E8', '7E0', message.toString('hex'))
  assert.equal(await running.line(), 'listening on vcan0')
  assert.equal((await receiving.line()).trim(), bytes)
  output('isotpsend', ['-s', '7E8', '-d', '7E0', 'vcan0'], bytes)
  assert.equal(await running.line(), bytes)
})

const J1939 = canOf(SOCK_DGRAM, CAN_J1939, 'testj1939', 'candump')
exampleTest(J1939, 'j1939.mjs prints what testj1939 sends', async (t) => {
  const running = example(t, 'j1939', 'vcan0', '40')
  assert.equal(await running.line(), 'listening on vcan0')
  for (const [size, bytes] of [
    ['8', '01 23 45 67 89 AB CD EF'],
    ['12', '01 23 45 67 89 AB CD EF 01 23 45 67'],
  ]) {
    output('testj1939', [`-s${size}`, 'vcan0:0x20', 'vcan0:0x40,0x12300'])
    assert.equal(await running.line(), `12300 20 > 40 priority 6: ${bytes}`)
  }
})

exampleTest(J1939, 'j1939.mjs sends what candump prints', async (t) => {
  // Priority 6, the parameter group with the destination in it, the sender.
  const dump = start(t, 'candump', '-n', '1', 'vcan0')
  await heard('all', 'vcan0')
  example(t, 'j1939', 'vcan0', '20', '40', '12300', '0102AB')
  assert.match(await dump.line(), /vcan0 +19234020 +\[3\] +01 02 AB$/)
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

const ROUTER = { family: AF_QIPCRTR, type: SOCK_DGRAM, programs: ['python3'] }
exampleTest(ROUTER, 'lookup.mjs sees what python3 serves', async (t) => {
  const running = example(t, 'lookup', '4711')
  assert.match(await running.line(), /^listening on \d+$/)
  const program = `
import socket, struct
server = socket.socket(${AF_QIPCRTR}, socket.SOCK_DGRAM)
node = server.getsockname()[0]
server.bind((node, 0))
NEW_SERVER, NAMES = 4, 0xfffffffe
for service in 4712, 4711:
    packet = struct.pack('<5I', NEW_SERVER, service, 7, *server.getsockname())
    server.sendto(packet, (node, NAMES))
`
  output('python3', ['-c', program])
  const [, name] = /^service 4711, instance 7: at (\d+:\d+)$/.exec(await running.line())!
  assert.equal(await running.line(), `service 4711, instance 7: gone from ${name}`)
})

useControllers()

for (const [name, type, proto, port] of [
  ['rfcomm', SOCK_STREAM, BTPROTO_RFCOMM, '6'],
  ['l2cap', SOCK_SEQPACKET, BTPROTO_L2CAP, '4103'],
] as const) {
  const kind = { family: AF_BLUETOOTH, type, proto, ...controllersNeeded }
  exampleTest(kind, `echo.mjs ${name} sends back what python3 sends`, async (t) => {
    const running = example(t, 'echo', name, RIGHT, port)
    assert.equal(await running.line(), `listening on ${RIGHT},${port}`)
    const program = `
import socket
client = socket.socket(socket.AF_BLUETOOTH, ${type}, ${proto})
client.bind(('${LEFT}', 0))
client.connect(('${RIGHT}', ${port}))
client.send(b'echo this')
print(client.recv(100).decode())
`
    assert.equal(output('python3', ['-c', program]).toString(), 'echo this\n')
    assert.match(await running.line(), new RegExp(`^${LEFT},[\\d,]+: 9 bytes$`))
  })
}

const L2CAP = { family: AF_BLUETOOTH, type: SOCK_SEQPACKET, proto: BTPROTO_L2CAP, ...controllersNeeded }
exampleTest(L2CAP, 'echo.mjs l2cap sends back what l2test sends', async (t) => {
  const running = example(t, 'echo', 'l2cap', RIGHT, '4105')
  assert.equal(await running.line(), `listening on ${RIGHT},4105`)
  const client = start(t, 'l2test', '-y', '-i', 'hci0', '-P', '4105', '-N', '1', '-b', '20', RIGHT)
  assert.match(await running.line(), new RegExp(`^${LEFT},[\\d,]+: 20 bytes$`))
  while (!/Received 20 bytes/.test(await client.line()));
})

const HCI = { family: AF_BLUETOOTH, type: SOCK_RAW, proto: BTPROTO_HCI, ...controllersNeeded }
exampleTest(HCI, 'hci.mjs prints what hcitool sends, and the answer', async (t) => {
  const running = example(t, 'hci', '0')
  assert.equal(await running.line(), 'listening on hci0')
  output('hcitool', ['-i', 'hci0', 'cmd', '0x04', '0x0009'])
  while ((await running.line()) !== '> command 04 0009: 0 bytes');
  assert.equal(await running.line(), '< event 0E: 01 09 10 00 00 00 00 01 AA 00')
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
