// CAN_RAW: frames, classical and FD, filters, error frames, and what the control messages and flags say of them.
import assert from 'node:assert/strict'
import { before } from 'node:test'
import {
  AF_CAN,
  CAN_EFF_FLAG,
  CAN_EFF_MASK,
  CAN_ERR_BUSOFF,
  CAN_ERR_FLAG,
  CAN_ERR_LOSTARB,
  CAN_INV_FILTER,
  CAN_RAW,
  CAN_RAW_ERR_FILTER,
  CAN_RAW_FD_FRAMES,
  CAN_RAW_FILTER,
  CAN_RAW_JOIN_FILTERS,
  CAN_RAW_LOOPBACK,
  CAN_RAW_RECV_OWN_MSGS,
  CAN_SFF_MASK,
  CANFD_BRS,
  canFilter,
  MSG_CONFIRM,
  MSG_DONTROUTE,
  SO_TIMESTAMPNS,
  SOCK_RAW,
  SOL_CAN_RAW,
  SOL_SOCKET,
  type Socket,
} from 'berkeley'
import { canFdFrame, canFrame } from 'berkeley/families'
import { controlOf, familyTest, nothingComes, warmUp } from './family-test.ts'

before(warmUp)

const RAW = { family: AF_CAN, type: SOCK_RAW, proto: CAN_RAW, files: ['/sys/class/net/vcan0'] }
const FRAME = { id: 0x123, data: Buffer.from('raw') }

function bound(socket: Socket<number>): Socket<number> {
  socket.bind(['vcan0'])
  return socket
}

familyTest(RAW, 'a frame reaches the others, with the name of its interface', async ({ open }) => {
  const [sender, receiver, everywhere] = [bound(open()), bound(open()), open()]
  everywhere.bind([''])
  assert.equal(await sender.send(canFrame.encode(FRAME)), 16)
  for (const socket of [receiver, everywhere]) {
    const [bytes, address] = await socket.recvfrom(100)
    assert.deepEqual([canFrame.decode(bytes), address], [FRAME, ['vcan0']])
  }
  await nothingComes(sender)
})

familyTest(RAW, 'who is bound to no interface says where to', async ({ open }) => {
  const receiver = bound(open())
  const sender = open()
  sender.bind([''])
  const long = { id: 0x12345678 | CAN_EFF_FLAG, data: Buffer.from('12345678') }
  await sender.sendto(canFrame.encode(long), ['vcan0'])
  assert.deepEqual(canFrame.decode(await receiver.recv(16)), { ...long, id: long.id >>> 0 })
})

familyTest(RAW, 'filters: which bits count, inverted, joined', async ({ open }) => {
  const receiver = bound(open())
  const sender = bound(open())
  const set = (filters: { id: number; mask: number }[], join: boolean) => {
    receiver.setsockopt(SOL_CAN_RAW, CAN_RAW_FILTER, canFilter.encode(filters))
    receiver.setsockopt(SOL_CAN_RAW, CAN_RAW_JOIN_FILTERS, join)
  }
  const idsThatCome = async (): Promise<number[]> => {
    const sent = [0x100, 0x1ff, 0x200, 0x201, 0x200 | CAN_EFF_FLAG, 0x7ff]
    for (const id of sent) await sender.send(canFrame.encode({ id }))
    const received: number[] = []
    receiver.settimeout(0)
    for (;;) {
      try {
        received.push(canFrame.decode(await receiver.recv(16)).id)
      } catch (error) {
        assert.equal((error as { code?: unknown }).code, 'EAGAIN')
        return received
      }
    }
  }
  const exactly = CAN_SFF_MASK | CAN_EFF_FLAG
  set([{ id: 0x200, mask: exactly }], false)
  assert.deepEqual(await idsThatCome(), [0x200])
  set(
    [
      { id: 0x100, mask: 0x700 },
      { id: 0x7ff, mask: exactly },
    ],
    false,
  )
  assert.deepEqual(await idsThatCome(), [0x100, 0x1ff, 0x7ff])
  set([{ id: (0x200 | CAN_INV_FILTER) >>> 0, mask: CAN_EFF_MASK }], false)
  assert.deepEqual(await idsThatCome(), [0x100, 0x1ff, 0x201, 0x7ff])
  const both = [
    { id: 0x200, mask: 0x700 },
    { id: (0x201 | CAN_INV_FILTER) >>> 0, mask: CAN_EFF_MASK },
  ]
  set(both, true)
  assert.deepEqual(await idsThatCome(), [0x200, (0x200 | CAN_EFF_FLAG) >>> 0])
  const told = canFilter.decode(receiver.getsockopt(SOL_CAN_RAW, CAN_RAW_FILTER, 100))
  assert.deepEqual(told, both)
  set([], false)
  assert.deepEqual(await idsThatCome(), [])
})

familyTest(RAW, 'own frames, and what the flags say of where a frame is from', async ({ open }) => {
  const [sender, receiver] = [bound(open()), bound(open())]
  sender.setsockopt(SOL_CAN_RAW, CAN_RAW_RECV_OWN_MSGS, true)
  await sender.send(canFrame.encode(FRAME))
  const [, , own] = await sender.recvmsg(16)
  assert.equal(own & (MSG_CONFIRM | MSG_DONTROUTE), MSG_CONFIRM | MSG_DONTROUTE)
  const [, , others] = await receiver.recvmsg(16)
  assert.equal(others & (MSG_CONFIRM | MSG_DONTROUTE), MSG_DONTROUTE)
})

familyTest(RAW, 'without loopback nobody here receives what is sent', async ({ open }) => {
  const [sender, receiver] = [bound(open()), bound(open())]
  sender.setsockopt(SOL_CAN_RAW, CAN_RAW_LOOPBACK, false)
  await sender.send(canFrame.encode(FRAME))
  await nothingComes(receiver)
})

familyTest(RAW, 'frames of CAN FD, for those who ask for them', async ({ open }) => {
  const [sender, receiver, classical] = [bound(open()), bound(open()), bound(open())]
  const long = { id: 0x42, data: Buffer.alloc(64, 'fd'), flags: CANFD_BRS }
  await assert.rejects(async () => sender.send(canFdFrame.encode(long)), { code: 'EINVAL' })
  for (const socket of [sender, receiver]) socket.setsockopt(SOL_CAN_RAW, CAN_RAW_FD_FRAMES, true)
  assert.equal(await sender.send(canFdFrame.encode(long)), 72)
  const bytes = await receiver.recv(100)
  assert.equal(bytes.length, 72)
  const frame = canFdFrame.decode(bytes)
  assert.deepEqual([frame.id, frame.data, frame.flags & CANFD_BRS], [long.id, long.data, CANFD_BRS])
  await sender.send(canFrame.encode(FRAME))
  assert.equal((await receiver.recv(100)).length, 16)
  // The classical frame is the first that it sees.
  assert.deepEqual(canFrame.decode(await classical.recv(100)), FRAME)
})

familyTest(RAW, 'error frames, by class', async ({ open }) => {
  const [sender, receiver, deaf] = [bound(open()), bound(open()), bound(open())]
  receiver.setsockopt(SOL_CAN_RAW, CAN_RAW_ERR_FILTER, CAN_ERR_BUSOFF)
  assert.equal(receiver.getsockopt(SOL_CAN_RAW, CAN_RAW_ERR_FILTER), CAN_ERR_BUSOFF)
  const report = (kind: number) => canFrame.encode({ id: CAN_ERR_FLAG | kind, data: Buffer.alloc(8) })
  await sender.send(report(CAN_ERR_LOSTARB))
  await sender.send(report(CAN_ERR_BUSOFF))
  assert.equal(canFrame.decode(await receiver.recv(16)).id, CAN_ERR_FLAG | CAN_ERR_BUSOFF)
  for (const socket of [receiver, deaf]) await nothingComes(socket)
})

familyTest(RAW, 'a batch of frames, with the time at which each came', async ({ open }) => {
  const [sender, receiver] = [bound(open()), bound(open())]
  receiver.setsockopt(SOL_SOCKET, SO_TIMESTAMPNS, true)
  const ids = [1, 2, 3]
  const frames = ids.map((id) => ({ data: canFrame.encode({ id }) }))
  assert.equal(await sender.sendmmsg(frames), 3)
  const messages = await receiver.recvmmsg(8, 16)
  assert.deepEqual(
    messages.map(({ data }) => canFrame.decode(data).id),
    ids,
  )
  await sender.send(canFrame.encode(FRAME))
  const [, ancdata] = await receiver.recvmsg(16, 64)
  assert.ok(controlOf(ancdata, 'timestampNs') > 0n)
})
