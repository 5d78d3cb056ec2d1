// CAN_ISOTP: messages that are longer than a frame, and the frames that they are sent in.
import assert from 'node:assert/strict'
import { before } from 'node:test'
import {
  AF_CAN,
  CAN_EFF_FLAG,
  CAN_ISOTP,
  CAN_ISOTP_LL_OPTS,
  CAN_ISOTP_OPTS,
  CAN_ISOTP_RECV_FC,
  CAN_ISOTP_TX_PADDING,
  CAN_RAW,
  CAN_RAW_FD_FRAMES,
  CANFD_MTU,
  canIsotpFcOptions,
  canIsotpLlOptions,
  canIsotpOptions,
  SOCK_DGRAM,
  SOCK_RAW,
  SOL_CAN_ISOTP,
  SOL_CAN_RAW,
  type Socket,
} from 'berkeley'
import { canFdFrame, canFrame } from 'berkeley/families'
import { type Bench, familyTest, warmUp } from './family-test.ts'

before(warmUp)

const ISOTP = { family: AF_CAN, type: SOCK_DGRAM, proto: CAN_ISOTP, files: ['/sys/class/net/vcan0'] }
const TESTER = 0x7e0
const ENGINE = 0x7e8

type Pair = [tester: Socket<number>, engine: Socket<number>]

function pair({ open }: Bench, prepare: (socket: Socket<number>) => void = () => {}, flag = 0): Pair {
  const ids = [(TESTER | flag) >>> 0, (ENGINE | flag) >>> 0] as const
  const [tester, engine] = [open(), open()]
  for (const socket of [tester, engine]) prepare(socket)
  tester.bind(['vcan0', ids[1], ids[0]])
  engine.bind(['vcan0', ids[0], ids[1]])
  return [tester, engine]
}

function onBus({ open }: Bench): Socket<number> {
  const bus = open({ type: SOCK_RAW, proto: CAN_RAW })
  bus.setsockopt(SOL_CAN_RAW, CAN_RAW_FD_FRAMES, true)
  bus.bind(['vcan0'])
  return bus
}

for (const [name, flag] of [
  ['11', 0],
  ['29', CAN_EFF_FLAG],
] as const) {
  familyTest(ISOTP, `a message of one frame and one of many, identifiers of ${name} bits`, async (bench) => {
    const [tester, engine] = pair(bench, undefined, flag)
    for (const message of [Buffer.from('short'), Buffer.alloc(3000, 'many frames ')]) {
      assert.equal(await tester.send(message), message.length)
      const [data, address] = await engine.recvfrom(4096)
      assert.deepEqual(data, message)
      assert.deepEqual(address, ['vcan0', 0, 0])
      await engine.send(message)
      assert.deepEqual(await tester.recv(4096), message)
    }
  })
}

familyTest(ISOTP, 'frames that are filled up, and what the receiver asks for', async (bench) => {
  const bus = onBus(bench)
  const asked = { bs: 2, stmin: 0xf1, wftmax: 0 }
  const [tester, engine] = pair(bench, (socket) => {
    const options = canIsotpOptions.encode({ flags: CAN_ISOTP_TX_PADDING, txpadContent: 0xaa })
    socket.setsockopt(SOL_CAN_ISOTP, CAN_ISOTP_OPTS, options)
    socket.setsockopt(SOL_CAN_ISOTP, CAN_ISOTP_RECV_FC, canIsotpFcOptions.encode(asked))
  })
  const told = canIsotpOptions.decode(tester.getsockopt(SOL_CAN_ISOTP, CAN_ISOTP_OPTS, 12))
  assert.deepEqual([told.flags, told.txpadContent], [CAN_ISOTP_TX_PADDING, 0xaa])
  assert.deepEqual(canIsotpFcOptions.decode(tester.getsockopt(SOL_CAN_ISOTP, CAN_ISOTP_RECV_FC, 3)), asked)

  const message = Buffer.alloc(6 + 7 + 7 + 2, 1)
  await tester.send(message)
  assert.deepEqual(await engine.recv(100), message)
  const frames: [id: number, data: string][] = []
  while (frames.length < 6) {
    const { id, data } = canFrame.decode(await bus.recv(72))
    frames.push([id, data.toString('hex')])
  }
  const flowControl = '3002f1aaaaaaaaaa'
  assert.deepEqual(frames, [
    [TESTER, `1016${'01'.repeat(6)}`],
    [ENGINE, flowControl],
    [TESTER, `21${'01'.repeat(7)}`],
    [TESTER, `22${'01'.repeat(7)}`],
    [ENGINE, flowControl],
    [TESTER, `230101${'aa'.repeat(5)}`],
  ])
})

familyTest(ISOTP, 'frames of CAN FD', async (bench) => {
  const bus = onBus(bench)
  const given = { mtu: CANFD_MTU, txDl: 64, txFlags: 0 }
  const [tester, engine] = pair(bench, (socket) => {
    socket.setsockopt(SOL_CAN_ISOTP, CAN_ISOTP_LL_OPTS, canIsotpLlOptions.encode(given))
  })
  assert.deepEqual(canIsotpLlOptions.decode(tester.getsockopt(SOL_CAN_ISOTP, CAN_ISOTP_LL_OPTS, 3)), given)
  const message = Buffer.alloc(62, 'fd')
  await tester.send(message)
  assert.deepEqual(await engine.recv(100), message)
  assert.equal(canFdFrame.decode(await bus.recv(72)).data.length, 64)
})

familyTest(ISOTP, 'nobody allows the rest of a long message', async ({ open }) => {
  const tester = open()
  tester.bind(['vcan0', ENGINE, TESTER])
  await tester.send(Buffer.alloc(100))
  // The kernel waits a second for the permission.
  await assert.rejects(async () => tester.recv(10), { code: 'ECOMM' })
})
