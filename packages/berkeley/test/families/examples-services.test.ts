// examples/families: services that come and go, against python3.
import assert from 'node:assert/strict'
import { AF_QIPCRTR, AF_TIPC, SOCK_DGRAM, SOCK_RDM } from 'berkeley'
import { output } from '../examples/program.ts'
import { exampleTest, familyExample } from './example-test.ts'

exampleTest({ family: AF_TIPC, type: SOCK_RDM }, 'services.mjs sees what python3 serves', async (t) => {
  const running = familyExample(t, 'services', '18999')
  assert.equal(await running.line(), 'listening')
  const program =
    'import socket as s; a = s.socket(s.AF_TIPC, s.SOCK_RDM); a.bind((s.TIPC_ADDR_NAMESEQ, 18999, 5, 9))'
  output('python3', ['-c', program])
  const [, name] = /^5 to 9 is served by (\d+:\d+)$/.exec(await running.line())!
  assert.equal(await running.line(), `5 to 9 is no longer served by ${name}`)
})

const ROUTER = { family: AF_QIPCRTR, type: SOCK_DGRAM, programs: ['python3'] }
exampleTest(ROUTER, 'lookup.mjs sees what python3 serves', async (t) => {
  const running = familyExample(t, 'lookup', '4711')
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
