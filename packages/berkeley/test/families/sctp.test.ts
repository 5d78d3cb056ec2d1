// SCTP, one to one and one to many: streams, what goes with a message, notifications, associations.
import assert from 'node:assert/strict'
import { before } from 'node:test'
import {
  AF_INET,
  AF_INET6,
  htonl,
  IPPROTO_SCTP,
  MSG_EOR,
  MSG_NOTIFICATION,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  SOL_SCTP,
  type Socket,
  sctpInitmsg,
  sctpPrinfo,
  sctpSndinfo,
  sctpSndrcvinfo,
} from 'berkeley'
import {
  SCTP_ASSOC_CHANGE,
  SCTP_COMM_UP,
  SCTP_EOF,
  SCTP_ESTABLISHED,
  SCTP_EVENT,
  SCTP_GET_ASSOC_ID_LIST,
  SCTP_INITMSG,
  SCTP_MAXSEG,
  SCTP_NODELAY,
  SCTP_PR_SCTP_TTL,
  SCTP_PRINFO,
  SCTP_RECVNXTINFO,
  SCTP_RECVRCVINFO,
  SCTP_SHUTDOWN_COMP,
  SCTP_SHUTDOWN_EVENT,
  SCTP_SNDINFO,
  SCTP_SNDRCV,
  SCTP_SOCKOPT_PEELOFF,
  SCTP_STATUS,
  SCTP_UNORDERED,
  sctpAssocChange,
  sctpAssocId,
  sctpAssocIds,
  sctpEvent,
  sctpNotification,
  sctpPeeloff,
  sctpShutdownEvent,
  sctpStatus,
} from 'berkeley/families'
import { type Bench, controlOf, familyTest, warmUp } from './family-test.ts'

before(warmUp)

const ONE = { family: AF_INET, type: SOCK_STREAM, proto: IPPROTO_SCTP }
const MANY = { ...ONE, type: SOCK_SEQPACKET }
const STREAMS = sctpInitmsg.encode({ numOstreams: 5, maxInstreams: 7 })
const hosts = [
  [AF_INET, '127.0.0.1'],
  [AF_INET6, '::1'],
] as const

type Ends = [client: Socket<number>, server: Socket<number>]

/** Two sockets that are connected with each other. */
async function connected({ open, own }: Bench, family: number, host: string): Promise<Ends> {
  const listening = open({ family })
  listening.setsockopt(IPPROTO_SCTP, SCTP_INITMSG, STREAMS)
  listening.bind([host, 0])
  listening.listen()
  const client = open({ family })
  client.setsockopt(IPPROTO_SCTP, SCTP_INITMSG, STREAMS)
  await client.connect(listening.getsockname() as never)
  const [server, address] = await listening.accept()
  assert.deepEqual(address, client.getsockname())
  return [client, own(server)]
}

for (const [family, host] of hosts) {
  familyTest(ONE, `one to one: messages with borders, both ways, ${host}`, async (bench) => {
    const [client, server] = await connected(bench, family, host)
    await client.send('first')
    await client.send('second')
    for (const text of ['first', 'second']) {
      const [data, , flags] = await server.recvmsg(100)
      assert.deepEqual([data.toString(), flags & MSG_EOR], [text, MSG_EOR])
    }
    await server.sendall(Buffer.alloc(20_000, 'long '))
    const [start, , more] = await client.recvmsg(12_000)
    const [end, , last] = await client.recvmsg(12_000)
    assert.deepEqual([start.length, more & MSG_EOR, end.length, last & MSG_EOR], [12_000, 0, 8000, MSG_EOR])
    client.close()
    assert.equal((await server.recv(10)).length, 0)
  })
}

familyTest(ONE, 'one to one: options, and how the association is doing', async (bench) => {
  const [client, server] = await connected(bench, AF_INET, '127.0.0.1')
  for (const value of [1, 0]) {
    client.setsockopt(IPPROTO_SCTP, SCTP_NODELAY, value)
    assert.equal(client.getsockopt(IPPROTO_SCTP, SCTP_NODELAY), value)
  }
  // The older form of the option, an int.
  client.setsockopt(IPPROTO_SCTP, SCTP_MAXSEG, 1000)
  assert.equal(sctpStatus.decode(client.getsockopt(IPPROTO_SCTP, SCTP_STATUS, 176)).fragmentationPoint, 1000)
  const status = sctpStatus.decode(server.getsockopt(IPPROTO_SCTP, SCTP_STATUS, 176))
  assert.deepEqual([status.state, status.instrms, status.outstrms], [SCTP_ESTABLISHED, 5, 5])
})

familyTest(ONE, 'one to one: what goes with a message, and what comes with it', async (bench) => {
  const [client, server] = await connected(bench, AF_INET, '127.0.0.1')
  server.setsockopt(IPPROTO_SCTP, SCTP_RECVRCVINFO, true)
  server.setsockopt(IPPROTO_SCTP, SCTP_RECVNXTINFO, true)
  const sndinfo = sctpSndinfo.encode({ sid: 3, ppid: htonl(46), flags: SCTP_UNORDERED })
  await client.sendmsg(['on ', 'three'], [[SOL_SCTP, SCTP_SNDINFO, sndinfo]])
  const prinfo = sctpPrinfo.encode({ policy: SCTP_PR_SCTP_TTL, value: 5000 })
  const both = [
    [SOL_SCTP, SCTP_SNDINFO, sctpSndinfo.encode({ sid: 1 })],
    [SOL_SCTP, SCTP_PRINFO, prinfo],
  ] as const
  await client.sendmsg(['next'], both)
  const [data, ancdata] = await server.recvmsg(100, 256)
  assert.equal(data.toString(), 'on three')
  const rcvinfo = controlOf(ancdata, 'sctpRcvinfo')
  assert.deepEqual(
    [rcvinfo.sid, rcvinfo.ppid, rcvinfo.flags & SCTP_UNORDERED],
    [3, htonl(46), SCTP_UNORDERED],
  )
  const nxtinfo = controlOf(ancdata, 'sctpNxtinfo')
  assert.deepEqual([nxtinfo.sid, nxtinfo.length], [1, 4])
  assert.equal(controlOf((await server.recvmsg(100, 256))[1], 'sctpRcvinfo').sid, 1)
  await assert.rejects(
    async () => client.sendmsg(['x'], [[SOL_SCTP, SCTP_SNDINFO, sctpSndinfo.encode({ sid: 5 })]]),
    { code: 'EINVAL' },
  )
})

/** Two one-to-many sockets that can be sent to. */
function many({ open }: Bench): [left: Socket<number>, right: Socket<number>] {
  const [left, right] = [open(), open()]
  for (const socket of [left, right]) {
    socket.bind(['127.0.0.1', 0])
    socket.listen()
    socket.setsockopt(IPPROTO_SCTP, SCTP_RECVRCVINFO, true)
    for (const type of [SCTP_ASSOC_CHANGE, SCTP_SHUTDOWN_EVENT]) {
      socket.setsockopt(IPPROTO_SCTP, SCTP_EVENT, sctpEvent.encode({ type, on: true }))
    }
  }
  return [left, right]
}

/** The next message that is a notification. */
async function notified(socket: Socket<number>): Promise<Buffer> {
  const [data, , flags] = await socket.recvmsg(2048, 256)
  assert.equal(flags & MSG_NOTIFICATION, MSG_NOTIFICATION)
  assert.equal(sctpNotification.decode(data).length, data.length)
  return data
}

familyTest(
  MANY,
  'one to many: an association comes with the first message, and goes with SCTP_EOF',
  async (bench) => {
    const [left, right] = many(bench)
    await left.sendto('hello', right.getsockname() as never)
    const up = sctpAssocChange.decode(await notified(right))
    assert.deepEqual([up.type, up.state], [SCTP_ASSOC_CHANGE, SCTP_COMM_UP])
    assert.ok(up.inboundStreams > 0 && up.outboundStreams > 0)
    const [data, ancdata, , address] = await right.recvmsg(100, 256)
    assert.deepEqual([data.toString(), address], ['hello', left.getsockname()])
    assert.equal(controlOf(ancdata, 'sctpRcvinfo').assocId, up.assocId)
    assert.deepEqual(sctpAssocIds.decode(right.getsockopt(IPPROTO_SCTP, SCTP_GET_ASSOC_ID_LIST, 64)), [
      up.assocId,
    ])

    // An answer by the number of the association alone, in the older form.
    const sndrcvinfo = sctpSndrcvinfo.encode({ stream: 2, assocId: up.assocId })
    await right.sendmsg(['answer'], [[SOL_SCTP, SCTP_SNDRCV, sndrcvinfo]])
    const own = sctpAssocChange.decode(await notified(left))
    const [answer, answerAncdata] = await left.recvmsg(100, 256)
    assert.equal(answer.toString(), 'answer')
    assert.equal(controlOf(answerAncdata, 'sctpRcvinfo').sid, 2)

    const question = Buffer.concat([sctpAssocId.encode(own.assocId)], 176)
    assert.equal(
      sctpStatus.decode(left.getsockopt(IPPROTO_SCTP, SCTP_STATUS, question)).state,
      SCTP_ESTABLISHED,
    )

    const eof = sctpSndinfo.encode({ assocId: own.assocId, flags: SCTP_EOF })
    await left.sendmsg([], [[SOL_SCTP, SCTP_SNDINFO, eof]])
    const shutdown = sctpShutdownEvent.decode(await notified(right))
    assert.deepEqual([shutdown.type, shutdown.assocId], [SCTP_SHUTDOWN_EVENT, up.assocId])
    const down = sctpAssocChange.decode(await notified(right))
    assert.deepEqual([down.state, down.assocId], [SCTP_SHUTDOWN_COMP, up.assocId])
  },
)

familyTest(MANY, 'one to many: an association gets a socket of its own', async (bench) => {
  const [left, right] = many(bench)
  await left.sendto('hello', right.getsockname() as never)
  const { assocId } = sctpAssocChange.decode(await notified(right))
  const question = sctpPeeloff.encode({ assocId })
  const { sd } = sctpPeeloff.decode(right.getsockopt(IPPROTO_SCTP, SCTP_SOCKOPT_PEELOFF, question))
  assert.deepEqual(sctpPeeloff.decode(question), { assocId, sd: 0 })
  const single = bench.own(new bench.library.Socket<number>(AF_INET, SOCK_STREAM, IPPROTO_SCTP, sd))
  assert.deepEqual(single.getpeername(), left.getsockname())
  assert.equal((await single.recv(100)).toString(), 'hello')
  await single.send('peeled')
  await notified(left)
  assert.equal((await left.recv(100)).toString(), 'peeled')
  assert.deepEqual(sctpAssocIds.decode(right.getsockopt(IPPROTO_SCTP, SCTP_GET_ASSOC_ID_LIST, 64)), [])
})
