// Options of families that few kernels have, by what they do: padding on the wire, messages that are kept back, a key.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, test } from 'node:test'
import {
  AF_ALG,
  AF_BLUETOOTH,
  AF_CAN,
  ALG_SET_KEY,
  BT_SECURITY,
  BT_SECURITY_LOW,
  BT_SECURITY_MEDIUM,
  BTPROTO_L2CAP,
  btSecurity,
  CAN_ISOTP,
  CAN_ISOTP_LL_OPTS,
  CAN_ISOTP_OPTS,
  CAN_ISOTP_RECV_FC,
  CAN_ISOTP_TX_PADDING,
  CAN_J1939,
  CAN_RAW,
  CAN_RAW_FILTER,
  CAN_SFF_MASK,
  canFilter,
  canIsotpFcOptions,
  canIsotpLlOptions,
  canIsotpOptions,
  J1939_NO_ADDR,
  J1939_NO_NAME,
  J1939_NO_PGN,
  j1939Filter,
  SO_BROADCAST,
  SO_J1939_FILTER,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_SEQPACKET,
  SOL_ALG,
  SOL_BLUETOOTH,
  SOL_CAN_ISOTP,
  SOL_CAN_J1939,
  SOL_CAN_RAW,
  SOL_SOCKET,
  Socket,
} from 'berkeley'
import { lacking } from './lacking.ts'

const DEVICE = 'vcan0'
const raw = { family: AF_CAN, type: SOCK_RAW, proto: CAN_RAW }
const isotp = { family: AF_CAN, type: SOCK_DGRAM, proto: CAN_ISOTP }
const j1939 = { family: AF_CAN, type: SOCK_DGRAM, proto: CAN_J1939 }
const alg = { family: AF_ALG, type: SOCK_SEQPACKET, proto: 0 }
const l2cap = { family: AF_BLUETOOTH, type: SOCK_SEQPACKET, proto: BTPROTO_L2CAP }

/** The identifier and the data of a frame: struct can_frame. */
function partsOf(frame: Buffer): [id: number, data: string] {
  const [id] = new Uint32Array(frame.buffer.slice(frame.byteOffset, frame.byteOffset + 4))
  return [id!, frame.subarray(8, 8 + frame[4]!).toString('hex')]
}

describe('CAN', { skip: lacking(raw) || lacking(isotp) }, () => {
  test('CAN_RAW_FILTER: only some frames', async () => {
    using receiver = new Socket(AF_CAN, SOCK_RAW, CAN_RAW)
    using sender = new Socket(AF_CAN, SOCK_RAW, CAN_RAW)
    receiver.settimeout(20)
    receiver.bind([DEVICE])
    sender.bind([DEVICE])
    const filters = [{ id: 0x123, mask: CAN_SFF_MASK }]
    receiver.setsockopt(SOL_CAN_RAW, CAN_RAW_FILTER, canFilter.encode(filters))
    assert.deepEqual(canFilter.decode(receiver.getsockopt(SOL_CAN_RAW, CAN_RAW_FILTER, 64)), filters)
    for (const id of [0x122, 0x124, 0x123]) {
      const frame = Buffer.alloc(16)
      new Uint32Array(frame.buffer, frame.byteOffset, 1)[0] = id
      frame[4] = 1
      await sender.send(frame)
    }
    assert.deepEqual(partsOf(await receiver.recv(16)), [0x123, '00'])
  })

  test('CAN_ISOTP_OPTS: frames are filled up', async () => {
    using wire = new Socket(AF_CAN, SOCK_RAW, CAN_RAW)
    using sender = new Socket(AF_CAN, SOCK_DGRAM, CAN_ISOTP)
    wire.settimeout(20)
    wire.bind([DEVICE])
    const options = { flags: CAN_ISOTP_TX_PADDING, txpadContent: 0x55 }
    sender.setsockopt(SOL_CAN_ISOTP, CAN_ISOTP_OPTS, canIsotpOptions.encode(options))
    const set = canIsotpOptions.decode(sender.getsockopt(SOL_CAN_ISOTP, CAN_ISOTP_OPTS, 64))
    assert.deepEqual([set.flags, set.txpadContent, set.rxpadContent], [CAN_ISOTP_TX_PADDING, 0x55, 0xcc])
    sender.bind([DEVICE, 0x456, 0x123] as never)
    await sender.send('abc')
    assert.deepEqual(partsOf(await wire.recv(16)), [0x123, '0361626355555555'])
  })

  test('CAN_ISOTP_RECV_FC, CAN_ISOTP_LL_OPTS', () => {
    using socket = new Socket(AF_CAN, SOCK_DGRAM, CAN_ISOTP)
    const flow = { bs: 8, stmin: 5, wftmax: 2 }
    socket.setsockopt(SOL_CAN_ISOTP, CAN_ISOTP_RECV_FC, canIsotpFcOptions.encode(flow))
    assert.deepEqual(canIsotpFcOptions.decode(socket.getsockopt(SOL_CAN_ISOTP, CAN_ISOTP_RECV_FC, 8)), flow)
    const frames = { mtu: 72, txDl: 64, txFlags: 1 }
    socket.setsockopt(SOL_CAN_ISOTP, CAN_ISOTP_LL_OPTS, canIsotpLlOptions.encode(frames))
    assert.deepEqual(canIsotpLlOptions.decode(socket.getsockopt(SOL_CAN_ISOTP, CAN_ISOTP_LL_OPTS, 8)), frames)
  })
})

test('SO_J1939_FILTER: only some messages', { skip: lacking(j1939) }, async () => {
  using receiver = new Socket(AF_CAN, SOCK_DGRAM, CAN_J1939)
  using sender = new Socket(AF_CAN, SOCK_DGRAM, CAN_J1939)
  receiver.settimeout(20)
  const filters = [{ pgn: 0x12300, pgnMask: 0x3ff00 }]
  receiver.setsockopt(SOL_CAN_J1939, SO_J1939_FILTER, j1939Filter.encode(filters))
  receiver.setsockopt(SOL_SOCKET, SO_BROADCAST, true)
  receiver.bind([DEVICE, J1939_NO_NAME, J1939_NO_PGN, J1939_NO_ADDR] as never)
  sender.setsockopt(SOL_SOCKET, SO_BROADCAST, true)
  sender.bind([DEVICE, J1939_NO_NAME, J1939_NO_PGN, 0x20] as never)
  for (const [pgn, text] of [
    [0x12400, 'kept back'],
    [0x12300, 'let through'],
  ] as const) {
    await sender.sendto(text.slice(0, 8), [DEVICE, J1939_NO_NAME, pgn, J1939_NO_ADDR] as never)
  }
  assert.equal(String(await receiver.recv(100)), 'let thro')
})

test('ALG_SET_KEY: a key as text', { skip: lacking(alg) }, async () => {
  using algorithm = new Socket(AF_ALG, SOCK_SEQPACKET)
  algorithm.bind(['hash', 'hmac(sha256)'] as never)
  algorithm.setsockopt(SOL_ALG, ALG_SET_KEY, 'a secret')
  const [operation] = await algorithm.accept()
  using socket = operation
  await socket.sendall('what was said')
  assert.deepEqual(await socket.recv(64), createHmac('sha256', 'a secret').update('what was said').digest())
})

test('BT_SECURITY', { skip: lacking(l2cap) }, () => {
  using socket = new Socket(AF_BLUETOOTH, SOCK_SEQPACKET, BTPROTO_L2CAP)
  const level = () => btSecurity.decode(socket.getsockopt(SOL_BLUETOOTH, BT_SECURITY, 8)).level
  assert.ok(level() <= BT_SECURITY_LOW)
  socket.setsockopt(SOL_BLUETOOTH, BT_SECURITY, btSecurity.encode({ level: BT_SECURITY_MEDIUM }))
  assert.equal(level(), BT_SECURITY_MEDIUM)
})
