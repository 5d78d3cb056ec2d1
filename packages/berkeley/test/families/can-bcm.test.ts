// CAN_BCM: the kernel sends frames in turn and again, and tells of what it receives when it has changed, or is missing.
import assert from 'node:assert/strict'
import { before } from 'node:test'
import {
  AF_CAN,
  CAN_BCM,
  CAN_BCM_CAN_FD_FRAME,
  CAN_BCM_RX_CHANGED,
  CAN_BCM_RX_DELETE,
  CAN_BCM_RX_SETUP,
  CAN_BCM_RX_TIMEOUT,
  CAN_BCM_SETTIMER,
  CAN_BCM_STARTTIMER,
  CAN_BCM_TX_COUNTEVT,
  CAN_BCM_TX_DELETE,
  CAN_BCM_TX_EXPIRED,
  CAN_BCM_TX_READ,
  CAN_BCM_TX_SEND,
  CAN_BCM_TX_SETUP,
  CAN_BCM_TX_STATUS,
  CAN_RAW,
  CAN_RAW_FD_FRAMES,
  SOCK_DGRAM,
  SOCK_RAW,
  SOL_CAN_RAW,
  type Socket,
} from 'berkeley'
import { bcmMessage, canFdFrame, canFrame } from 'berkeley/families'
import { type Bench, familyTest, nothingComes, warmUp } from './family-test.ts'

before(warmUp)

const BCM = { family: AF_CAN, type: SOCK_DGRAM, proto: CAN_BCM, files: ['/sys/class/net/vcan0'] }
const TIMER = CAN_BCM_SETTIMER | CAN_BCM_STARTTIMER
const CYCLE = 0.005
const frame = (id: number, text: string) => ({ id, data: Buffer.from(text) })

/** A socket of the broadcast manager, and one that sees what is on the bus. */
async function pair({ open }: Bench): Promise<[manager: Socket<number>, bus: Socket<number>]> {
  const manager = open()
  await manager.connect(['vcan0'])
  const bus = open({ type: SOCK_RAW, proto: CAN_RAW })
  bus.bind(['vcan0'])
  return [manager, bus]
}

familyTest(BCM, 'frames are sent in turn, again and again, until that is deleted', async (bench) => {
  const [manager, bus] = await pair(bench)
  const frames = [frame(0x100, 'a'), frame(0x101, 'b')]
  const setup = { opcode: CAN_BCM_TX_SETUP, flags: TIMER, ival2: CYCLE, canId: 0x100, frames }
  await manager.send(bcmMessage.encode(setup))
  for (let i = 0; i < 6; i++) assert.deepEqual(canFrame.decode(await bus.recv(16)), frames[i % 2])

  await manager.send(bcmMessage.encode({ opcode: CAN_BCM_TX_READ, canId: 0x100 }))
  const status = bcmMessage.decode(await manager.recv(200))
  assert.deepEqual([status.opcode, status.canId, status.ival2], [CAN_BCM_TX_STATUS, 0x100, CYCLE])
  assert.deepEqual(status.frames, frames)

  await manager.send(bcmMessage.encode({ opcode: CAN_BCM_TX_DELETE, canId: 0x100 }))
  await assert.rejects(
    async () => manager.send(bcmMessage.encode({ opcode: CAN_BCM_TX_DELETE, canId: 0x100 })),
    { code: 'EINVAL' },
  )
})

familyTest(BCM, 'so many at the first interval, and word when they are sent', async (bench) => {
  const [manager, bus] = await pair(bench)
  const frames = [frame(0x110, 'three')]
  const flags = TIMER | CAN_BCM_TX_COUNTEVT
  const setup = { opcode: CAN_BCM_TX_SETUP, flags, count: 3, ival1: CYCLE, canId: 0x110, frames }
  await manager.send(bcmMessage.encode(setup))
  const expired = bcmMessage.decode(await manager.recv(200))
  assert.deepEqual([expired.opcode, expired.canId], [CAN_BCM_TX_EXPIRED, 0x110])
  for (let i = 0; i < 3; i++) assert.deepEqual(canFrame.decode(await bus.recv(16)), frames[0])
  await nothingComes(bus)
})

familyTest(BCM, 'one frame, at once', async (bench) => {
  const [manager, bus] = await pair(bench)
  const frames = [frame(0x120, 'once')]
  await manager.send(bcmMessage.encode({ opcode: CAN_BCM_TX_SEND, canId: 0, frames }))
  assert.deepEqual(canFrame.decode(await bus.recv(16)), frames[0])
})

familyTest(BCM, 'received: only what has changed in the bits that are watched', async (bench) => {
  const [manager, bus] = await pair(bench)
  const watched = { id: 0x130, data: Buffer.from([0xff, 0, 0]) }
  await manager.send(bcmMessage.encode({ opcode: CAN_BCM_RX_SETUP, canId: 0x130, frames: [watched] }))
  const contents = [
    [1, 1, 1],
    [1, 2, 2],
    [2, 2, 2],
  ]
  for (const content of contents) await bus.send(canFrame.encode({ id: 0x130, data: Buffer.from(content) }))
  await bus.send(canFrame.encode(frame(0x131, 'no')))
  for (const content of [contents[0]!, contents[2]!]) {
    const [bytes, address] = await manager.recvfrom(200)
    const changed = bcmMessage.decode(bytes)
    assert.deepEqual([changed.opcode, changed.canId, address], [CAN_BCM_RX_CHANGED, 0x130, ['vcan0']])
    assert.deepEqual(changed.frames, [{ id: 0x130, data: Buffer.from(content) }])
  }
  await nothingComes(manager)
  await manager.send(bcmMessage.encode({ opcode: CAN_BCM_RX_DELETE, canId: 0x130 }))
})

familyTest(BCM, 'received: word of silence', async (bench) => {
  const [manager, bus] = await pair(bench)
  const watched = { id: 0x140, data: Buffer.from([0xff]) }
  const setup = { opcode: CAN_BCM_RX_SETUP, flags: TIMER, ival1: CYCLE, canId: 0x140, frames: [watched] }
  await manager.send(bcmMessage.encode(setup))
  await bus.send(canFrame.encode({ id: 0x140, data: Buffer.from([1]) }))
  const opcodes = new Set<number>()
  while (opcodes.size < 2) opcodes.add(bcmMessage.decode(await manager.recv(200)).opcode)
  assert.deepEqual(opcodes, new Set([CAN_BCM_RX_CHANGED, CAN_BCM_RX_TIMEOUT]))
})

familyTest(BCM, 'frames of CAN FD', async (bench) => {
  const [manager, bus] = await pair(bench)
  bus.setsockopt(SOL_CAN_RAW, CAN_RAW_FD_FRAMES, true)
  const frames = [{ id: 0x150, data: Buffer.alloc(48, 'fd'), flags: 0 }]
  const send = { opcode: CAN_BCM_TX_SEND, flags: CAN_BCM_CAN_FD_FRAME, canId: 0, frames }
  await manager.send(bcmMessage.encode(send))
  const { id, data } = canFdFrame.decode(await bus.recv(100))
  assert.deepEqual([id, data], [0x150, frames[0]!.data])
})
