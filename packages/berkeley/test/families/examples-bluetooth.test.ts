// examples/families: Bluetooth, between two controllers, against python3 and BlueZ's programs.
import assert from 'node:assert/strict'
import {
  AF_BLUETOOTH,
  BTPROTO_HCI,
  BTPROTO_L2CAP,
  BTPROTO_RFCOMM,
  BTPROTO_SCO,
  SOCK_RAW,
  SOCK_SEQPACKET,
  SOCK_STREAM,
} from 'berkeley'
import { output, start } from '../examples/program.ts'
import {
  controllersNeeded,
  LEFT,
  RIGHT,
  SCO_LEFT,
  SCO_RIGHT,
  useControllers,
  useScoControllers,
} from './controllers.ts'
import { exampleTest, familyExample } from './example-test.ts'

useControllers()
useScoControllers()

for (const [name, type, proto, port] of [
  ['rfcomm', SOCK_STREAM, BTPROTO_RFCOMM, '6'],
  ['l2cap', SOCK_SEQPACKET, BTPROTO_L2CAP, '4103'],
] as const) {
  const kind = { family: AF_BLUETOOTH, type, proto, ...controllersNeeded }
  exampleTest(kind, `echo.mjs ${name} sends back what python3 sends`, async (t) => {
    const running = familyExample(t, 'echo', name, RIGHT, port)
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

const SCO = { family: AF_BLUETOOTH, type: SOCK_SEQPACKET, proto: BTPROTO_SCO, ...controllersNeeded }
exampleTest(SCO, 'echo.mjs sco sends back what python3 sends', async (t) => {
  const running = familyExample(t, 'echo', 'sco', SCO_RIGHT)
  assert.equal(await running.line(), `listening on ${SCO_RIGHT}`)
  const program = `
import socket
client = socket.socket(socket.AF_BLUETOOTH, socket.SOCK_SEQPACKET, socket.BTPROTO_SCO)
client.bind(b'${SCO_LEFT}')
client.connect(b'${SCO_RIGHT}')
client.send(b'a' * 48)
client.send(b'b' * 60)
print(client.recv(100).decode(), client.recv(100).decode())
`
  assert.equal(output('python3', ['-c', program]).toString(), `${'a'.repeat(48)} ${'b'.repeat(60)}\n`)
  assert.equal(await running.line(), `${SCO_LEFT}: 48 bytes`)
  assert.equal(await running.line(), `${SCO_LEFT}: 60 bytes`)
  assert.equal(await running.line(), `${SCO_LEFT}: recv ECONNRESET`)
})

const L2CAP = { family: AF_BLUETOOTH, type: SOCK_SEQPACKET, proto: BTPROTO_L2CAP, ...controllersNeeded }
exampleTest(L2CAP, 'echo.mjs l2cap sends back what l2test sends', async (t) => {
  const running = familyExample(t, 'echo', 'l2cap', RIGHT, '4105')
  assert.equal(await running.line(), `listening on ${RIGHT},4105`)
  const client = start(t, 'l2test', '-y', '-i', 'hci0', '-P', '4105', '-N', '1', '-b', '20', RIGHT)
  assert.match(await running.line(), new RegExp(`^${LEFT},[\\d,]+: 20 bytes$`))
  while (!/Received 20 bytes/.test(await client.line()));
})

const HCI = { family: AF_BLUETOOTH, type: SOCK_RAW, proto: BTPROTO_HCI, ...controllersNeeded }
exampleTest(HCI, 'hci.mjs prints what hcitool sends, and the answer', async (t) => {
  const running = familyExample(t, 'hci', '0')
  assert.equal(await running.line(), 'listening on hci0')
  output('hcitool', ['-i', 'hci0', 'cmd', '0x04', '0x0009'])
  while ((await running.line()) !== '> command 04 0009: 0 bytes');
  assert.equal(await running.line(), '< event 0E: 01 09 10 00 00 00 00 01 AA 00')
})
