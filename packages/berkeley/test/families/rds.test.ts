// RDS: reliable datagrams.
import assert from 'node:assert/strict'
import { before } from 'node:test'
import {
  AF_INET,
  AF_RDS,
  RDS_CANCEL_SENT_TO,
  RDS_CONG_MONITOR,
  RDS_RECVERR,
  SO_RCVBUF,
  SOCK_SEQPACKET,
  SOL_RDS,
  SOL_SOCKET,
  type Socket,
} from 'berkeley'
import { familyTest, nothingComes, warmUp } from './family-test.ts'

before(warmUp)

const RDS = { family: AF_RDS, type: SOCK_SEQPACKET }

function bound(socket: Socket<number>): Socket<number> {
  socket.bind(['127.0.0.1', 0])
  return socket
}

const nameOf = (socket: Socket<number>) => socket.getsockname() as [string, number]

familyTest(RDS, 'messages, short and long, from several senders', async ({ open }) => {
  const receiver = bound(open())
  for (const text of ['short', 'long '.repeat(10_000)]) {
    for (const sender of [bound(open()), bound(open())]) {
      assert.equal(await sender.sendto(text, nameOf(receiver)), text.length)
      const [data, address] = await receiver.recvfrom(100_000)
      assert.deepEqual([data.toString(), address], [text, nameOf(sender)])
    }
  }
})

familyTest(RDS, 'a connected socket', async ({ open }) => {
  const [sender, receiver] = [bound(open()), bound(open())]
  await sender.connect(nameOf(receiver))
  await sender.send('connected')
  assert.equal((await receiver.recv(100)).toString(), 'connected')
})

familyTest(RDS, 'options', ({ open }) => {
  const socket = open()
  socket.setsockopt(SOL_RDS, RDS_RECVERR, true)
  assert.equal(socket.getsockopt(SOL_RDS, RDS_RECVERR), 1)
  // One can only be set.
  socket.setsockopt(SOL_RDS, RDS_CONG_MONITOR, true)
})

// Within a machine RDS knows no congestion, so nobody ever has to wait here.
familyTest(
  RDS,
  'many messages that nobody receives yet, and one that is no longer wanted',
  async ({ open }) => {
    const [sender, receiver] = [bound(open()), bound(open())]
    receiver.setsockopt(SOL_SOCKET, SO_RCVBUF, 4096)
    const messages = Array.from({ length: 100 }, (_, i) => Buffer.alloc(8192, i))
    for (const message of messages) await sender.sendto(message, nameOf(receiver))
    // struct sockaddr_in, as the option wants it.
    const to = Buffer.alloc(16)
    new Uint16Array(to.buffer, to.byteOffset, 1)[0] = AF_INET
    to.writeUInt16BE(nameOf(receiver)[1], 2)
    to.set([127, 0, 0, 1], 4)
    // All have arrived: there is nothing left to cancel.
    sender.setsockopt(SOL_RDS, RDS_CANCEL_SENT_TO, to)
    for (const message of messages) assert.deepEqual(await receiver.recv(10_000), message)
    await nothingComes(receiver)
  },
)
