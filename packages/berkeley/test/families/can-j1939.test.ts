// CAN_J1939: parameter groups between addresses and NAMEs, long messages, priorities, filters, reports.
import assert from 'node:assert/strict'
import { before } from 'node:test'
import {
  AF_CAN,
  CAN_J1939,
  CAN_RAW,
  decodeAncillary,
  J1939_NO_ADDR,
  J1939_NO_NAME,
  J1939_NO_PGN,
  J1939_PGN_ADDRESS_CLAIMED,
  J1939_PGN_MAX,
  j1939Filter,
  MSG_ERRQUEUE,
  SO_BROADCAST,
  SO_J1939_ERRQUEUE,
  SO_J1939_FILTER,
  SO_J1939_PROMISC,
  SO_J1939_SEND_PRIO,
  SO_TIMESTAMPING,
  SOCK_DGRAM,
  SOCK_RAW,
  SOF_TIMESTAMPING_OPT_CMSG,
  SOF_TIMESTAMPING_OPT_ID,
  SOF_TIMESTAMPING_SOFTWARE,
  SOF_TIMESTAMPING_TX_ACK,
  SOF_TIMESTAMPING_TX_SCHED,
  SOL_CAN_J1939,
  SOL_SOCKET,
  type Socket,
} from 'berkeley'
import { canFrame } from 'berkeley/families'
import { type Bench, controlOf, familyTest, nothingComes, warmUp } from './family-test.ts'

before(warmUp)

const J1939 = { family: AF_CAN, type: SOCK_DGRAM, proto: CAN_J1939, files: ['/sys/class/net/vcan0'] }
const PGN = 0x12300
const HERE = 0x20
const THERE = 0x40

function at({ open }: Bench, addr: number, pgn: number = J1939_NO_PGN): Socket<number> {
  const socket = open()
  socket.bind(['vcan0', J1939_NO_NAME, pgn, addr])
  return socket
}

familyTest(J1939, 'a message, with its parameter group, sender, destination and priority', async (bench) => {
  const [sender, receiver] = [at(bench, HERE), at(bench, THERE)]
  sender.setsockopt(SOL_CAN_J1939, SO_J1939_SEND_PRIO, 3)
  assert.equal(sender.getsockopt(SOL_CAN_J1939, SO_J1939_SEND_PRIO), 3)
  await sender.sendto('message', ['vcan0', J1939_NO_NAME, PGN, THERE])
  const [data, ancdata, , address] = await receiver.recvmsg(100, 200)
  assert.equal(data.toString(), 'message')
  assert.deepEqual(address, ['vcan0', 0n, PGN, HERE])
  assert.equal(controlOf(ancdata, 'j1939DestAddr'), THERE)
  assert.equal(controlOf(ancdata, 'j1939Prio'), 3)
})

familyTest(J1939, 'a message of many frames, to a connected peer', async (bench) => {
  const [sender, receiver] = [at(bench, HERE), at(bench, THERE)]
  await sender.connect(['vcan0', J1939_NO_NAME, PGN, THERE])
  assert.deepEqual(sender.getpeername(), ['vcan0', 0n, PGN, THERE])
  const message = Buffer.alloc(100, 'transport protocol ')
  assert.equal(await sender.send(message), 100)
  const [data, address] = await receiver.recvfrom(200)
  // The kernel put it together itself, and does not say by which interface it came.
  assert.deepEqual([data, address], [message, ['', 0n, PGN, HERE]])
})

familyTest(J1939, 'to all, if that is allowed', async (bench) => {
  const [sender, receiver] = [at(bench, HERE), at(bench, THERE)]
  const all = ['vcan0', J1939_NO_NAME, 0xfeca, J1939_NO_ADDR] as const
  await assert.rejects(async () => sender.sendto('x', all), { code: 'EACCES' })
  for (const socket of [sender, receiver]) socket.setsockopt(SOL_SOCKET, SO_BROADCAST, true)
  await sender.sendto('all', all)
  const [data, ancdata] = await receiver.recvmsg(100, 200)
  assert.equal(data.toString(), 'all')
  // Not j1939DestAddr, since that is nobody's.
  assert.deepEqual(
    decodeAncillary(ancdata).map(({ name }) => name),
    ['j1939Prio'],
  )
})

familyTest(J1939, 'filters, and seeing what is for others', async (bench) => {
  const [sender, receiver, curious] = [at(bench, HERE), at(bench, THERE), at(bench, 0x50)]
  const filters = [
    { name: 0n, nameMask: 0n, pgn: PGN, pgnMask: J1939_PGN_MAX, addr: HERE, addrMask: 0xff },
    { name: 0n, nameMask: 0n, pgn: 0x11100, pgnMask: J1939_PGN_MAX, addr: 0, addrMask: 0 },
  ]
  receiver.setsockopt(SOL_CAN_J1939, SO_J1939_FILTER, j1939Filter.encode(filters))
  curious.setsockopt(SOL_CAN_J1939, SO_J1939_PROMISC, true)
  for (const pgn of [0x10000, PGN, 0x11000, 0x11100]) {
    await sender.sendto(pgn.toString(16), ['vcan0', J1939_NO_NAME, pgn, THERE])
    assert.equal((await curious.recv(100)).toString(), pgn.toString(16))
  }
  assert.equal((await receiver.recv(100)).toString(), PGN.toString(16))
  assert.equal((await receiver.recv(100)).toString(), '11100')
  await nothingComes(receiver)
})

familyTest(J1939, 'a NAME, once its address is claimed', async (bench) => {
  const name = 0x1234567890abcdefn
  const sender = bench.open()
  sender.bind(['vcan0', name, J1939_NO_PGN, HERE])
  sender.setsockopt(SOL_SOCKET, SO_BROADCAST, true)
  const receiver = at(bench, THERE)
  const claim = Buffer.alloc(8)
  claim.writeBigUInt64LE(name)
  const bus = bench.open({ type: SOCK_RAW, proto: CAN_RAW })
  bus.bind(['vcan0'])
  await sender.sendto(claim, ['vcan0', J1939_NO_NAME, J1939_PGN_ADDRESS_CLAIMED, J1939_NO_ADDR])
  assert.deepEqual(canFrame.decode(await bus.recv(16)).data, claim)
  // 250 ms have to pass after a claim.
  const deadline = Date.now() + 10_000
  for (;;) {
    try {
      await sender.sendto('named', ['vcan0', J1939_NO_NAME, PGN, THERE])
      break
    } catch (error) {
      assert.equal((error as { code?: unknown }).code, 'EADDRNOTAVAIL')
      assert.ok(Date.now() < deadline)
    }
  }
  const [, address] = await receiver.recvfrom(100)
  assert.deepEqual(address, ['vcan0', name, PGN, HERE])
})

familyTest(J1939, 'reports of what became of a message', async (bench) => {
  const [sender, receiver] = [at(bench, HERE), at(bench, THERE)]
  sender.setsockopt(SOL_CAN_J1939, SO_J1939_ERRQUEUE, true)
  const reports =
    SOF_TIMESTAMPING_OPT_CMSG |
    SOF_TIMESTAMPING_TX_ACK |
    SOF_TIMESTAMPING_TX_SCHED |
    SOF_TIMESTAMPING_OPT_ID |
    SOF_TIMESTAMPING_SOFTWARE
  sender.setsockopt(SOL_SOCKET, SO_TIMESTAMPING, reports)
  await sender.sendto(Buffer.alloc(50), ['vcan0', J1939_NO_NAME, PGN, THERE])
  await receiver.recv(100)
  const [, ancdata, flags] = await sender.recvmsg(100, 512, MSG_ERRQUEUE)
  assert.equal(flags & MSG_ERRQUEUE, MSG_ERRQUEUE)
  const report = decodeAncillary(ancdata)
  assert.ok(
    report.some((message) => message.name === 'extendedError'),
    JSON.stringify(report.map(({ name }) => name)),
  )
})
