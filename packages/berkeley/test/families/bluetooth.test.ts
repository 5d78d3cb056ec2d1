// AF_BLUETOOTH between two controllers that exist in software only. A host is not given such: only in conformance/vm.
import assert from 'node:assert/strict'
import { before } from 'node:test'
import {
  AF_BLUETOOTH,
  BTPROTO_HCI,
  BTPROTO_L2CAP,
  BTPROTO_RFCOMM,
  HCI_FILTER,
  L2CAP_OPTIONS,
  SOCK_RAW,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  SOL_HCI,
  SOL_L2CAP,
  type Socket,
} from 'berkeley'
import { hciFilter, l2capOptions } from 'berkeley/families'
import { controllersNeeded, LEFT, RIGHT, useControllers } from './controllers.ts'
import { familyTest, warmUp } from './family-test.ts'

before(warmUp)
useControllers()

const L2CAP = { family: AF_BLUETOOTH, type: SOCK_SEQPACKET, proto: BTPROTO_L2CAP, ...controllersNeeded }
const RFCOMM = { family: AF_BLUETOOTH, type: SOCK_STREAM, proto: BTPROTO_RFCOMM, ...controllersNeeded }
const HCI = { family: AF_BLUETOOTH, type: SOCK_RAW, proto: BTPROTO_HCI, ...controllersNeeded }

for (const [name, kind, port] of [
  ['L2CAP', L2CAP, 0x1001],
  ['RFCOMM', RFCOMM, 5],
] as const) {
  familyTest(kind, `${name}: a connection from one controller to the other`, async ({ open, own }) => {
    const listening = open()
    listening.bind([RIGHT, port])
    listening.listen()
    const client = open()
    client.bind([LEFT, 0])
    await client.connect([RIGHT, port])
    const [accepted, address] = await listening.accept()
    const server = own(accepted)
    assert.equal((address as readonly [string])[0], LEFT)
    await client.send('ping')
    assert.equal((await server.recv(100)).toString(), 'ping')
    await server.send('pong')
    assert.equal((await client.recv(100)).toString(), 'pong')
  })
}

familyTest(L2CAP, 'L2CAP: options', ({ open }) => {
  // Its levels have the numbers of IP and TCP.
  const socket = open() as never as Socket<typeof AF_BLUETOOTH>
  const options = l2capOptions.decode(socket.getsockopt(SOL_L2CAP, L2CAP_OPTIONS, 16))
  assert.equal(options.imtu, 672)
  socket.setsockopt(SOL_L2CAP, L2CAP_OPTIONS, l2capOptions.encode({ ...options, imtu: 1024 }))
  assert.equal(l2capOptions.decode(socket.getsockopt(SOL_L2CAP, L2CAP_OPTIONS, 16)).imtu, 1024)
})

familyTest(HCI, 'HCI: a command, and the event that answers it', async ({ open }) => {
  // Its levels have the numbers of IP and TCP.
  const socket = open() as never as Socket<typeof AF_BLUETOOTH>
  const [EVENT, COMMAND_COMPLETE] = [4, 0x0e]
  const filter = { typeMask: 1 << EVENT, eventMask: 1n << BigInt(COMMAND_COMPLETE), opcode: 0 }
  socket.setsockopt(SOL_HCI, HCI_FILTER, hciFilter.encode(filter))
  assert.deepEqual(hciFilter.decode(socket.getsockopt(SOL_HCI, HCI_FILTER, 16)), filter)
  socket.bind(0)
  const READ_BD_ADDR = [0x09, 0x10]
  await socket.send(Buffer.from([1, ...READ_BD_ADDR, 0]))
  const answer = await socket.recv(260)
  assert.deepEqual([...answer.subarray(0, 2)], [EVENT, COMMAND_COMPLETE])
  const reversed = [...answer.subarray(7, 13)].reverse()
  const bdaddr = reversed.map((byte) => byte.toString(16).padStart(2, '0')).join(':')
  assert.equal(bdaddr.toUpperCase(), LEFT)
})
