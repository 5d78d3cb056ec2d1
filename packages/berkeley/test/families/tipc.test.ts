// TIPC: services instead of addresses, multicast, messages that come back, groups, and who tells what services there are.
import assert from 'node:assert/strict'
import { before } from 'node:test'
import {
  AF_TIPC,
  SHUT_RDWR,
  SOCK_DGRAM,
  SOCK_RDM,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  SOL_TIPC,
  type Socket,
  TIPC_ADDR_ID,
  TIPC_ADDR_NAME,
  TIPC_ADDR_NAMESEQ,
  TIPC_DEST_DROPPABLE,
  TIPC_ERR_NO_PORT,
  TIPC_GROUP_JOIN,
  TIPC_GROUP_LEAVE,
  TIPC_HIGH_IMPORTANCE,
  TIPC_IMPORTANCE,
  TIPC_NODE_SCOPE,
  TIPC_PUBLISHED,
  TIPC_RETDATA,
  TIPC_SUBSCR_TIMEOUT,
  TIPC_TOP_SRV,
  TIPC_WITHDRAWN,
} from 'berkeley'
import { tipcEvent, tipcGroupReq, tipcSubscription } from 'berkeley/families'
import { type Bench, controlOf, familyTest, nothingComes, warmUp } from './family-test.ts'

before(warmUp)

const RDM = { family: AF_TIPC, type: SOCK_RDM }
const SERVICE = 18888

/** A socket that serves the instances from `lower` to `upper`. */
function serving({ open }: Bench, lower: number, upper: number, type: number = SOCK_RDM): Socket<number> {
  const socket = open({ type })
  socket.bind([TIPC_ADDR_NAMESEQ, SERVICE, lower, upper, TIPC_NODE_SCOPE])
  return socket
}

for (const [name, type] of [
  ['SOCK_RDM', SOCK_RDM],
  ['SOCK_DGRAM', SOCK_DGRAM],
] as const) {
  familyTest({ ...RDM, type }, `${name}: to a service, and back to the socket that asked`, async (bench) => {
    const server = serving(bench, 10, 19, type)
    const client = bench.open()
    await client.sendto('question', [TIPC_ADDR_NAME, SERVICE, 15, 0])
    const [data, ancdata, , address] = await server.recvmsg(100, 256)
    assert.deepEqual([data.toString(), (address as never as number[])[0]], ['question', TIPC_ADDR_ID])
    // A single instance is a range from it to itself.
    assert.deepEqual(controlOf(ancdata, 'tipcDestname'), { type: SERVICE, lower: 15, upper: 15 })
    await server.sendto('answer', address as never)
    assert.equal((await client.recv(100)).toString(), 'answer')
  })
}

familyTest(RDM, 'to all who serve a range', async (bench) => {
  const servers = [serving(bench, 0, 9), serving(bench, 10, 19), serving(bench, 20, 29)]
  await bench.open().sendto('all', [TIPC_ADDR_NAMESEQ, SERVICE, 5, 15])
  for (const server of servers.slice(0, 2)) assert.equal((await server.recv(100)).toString(), 'all')
  await nothingComes(servers[2]!)
})

familyTest(RDM, 'a message that finds nobody comes back with the reason', async ({ open }) => {
  const [sender, gone] = [open(), open()]
  sender.setsockopt(SOL_TIPC, TIPC_DEST_DROPPABLE, false)
  sender.setsockopt(SOL_TIPC, TIPC_IMPORTANCE, TIPC_HIGH_IMPORTANCE)
  assert.equal(sender.getsockopt(SOL_TIPC, TIPC_IMPORTANCE), TIPC_HIGH_IMPORTANCE)
  const address = gone.getsockname() as never
  gone.close()
  await sender.sendto('to nobody', address)
  const [data, ancdata] = await sender.recvmsg(100, 256)
  assert.deepEqual(controlOf(ancdata, 'tipcErrinfo'), { error: TIPC_ERR_NO_PORT, length: 9 })
  assert.equal(data.length, 0)
  assert.equal(ancdata.find(([, type]) => type === TIPC_RETDATA)?.[2].toString(), 'to nobody')
  const toService = [TIPC_ADDR_NAME, SERVICE, 4711, 0] as const
  await assert.rejects(async () => sender.sendto('x', toService), {
    message: `sendto EHOSTUNREACH [${toService.join(', ')}]`,
    address: toService,
  })
})

for (const [name, type] of [
  ['SOCK_SEQPACKET', SOCK_SEQPACKET],
  ['SOCK_STREAM', SOCK_STREAM],
] as const) {
  familyTest({ ...RDM, type }, `${name}: a connection`, async (bench) => {
    const listening = serving(bench, 0, 0, type)
    listening.listen()
    const client = bench.open()
    // The peer answers only when it accepts, for which the blocking form cannot wait on the same thread.
    client.setblocking(false)
    await client.connectEx([TIPC_ADDR_NAME, SERVICE, 0, 0])
    const [accepted, address] = await listening.accept()
    const server = bench.own(accepted)
    client.settimeout(20)
    assert.equal((address as never as number[])[0], TIPC_ADDR_ID)
    await client.sendall('there')
    assert.equal((await server.recv(100)).toString(), 'there')
    await server.sendall(Buffer.alloc(60_000, 'back'))
    let length = 0
    while (length < 60_000) length += (await client.recv(60_000)).length
    // close alone would be ECONNRESET there.
    client.shutdown(SHUT_RDWR)
    assert.equal((await server.recv(100)).length, 0)
  })
}

familyTest(RDM, 'the topology server tells who comes and goes', async (bench) => {
  const topology = bench.open({ type: SOCK_SEQPACKET })
  await topology.connect([TIPC_ADDR_NAME, TIPC_TOP_SRV, TIPC_TOP_SRV, 0])
  const next = async () => tipcEvent.decode(await topology.recv(100))
  const usrHandle = Buffer.from('8 bytes!')
  await topology.send(tipcSubscription.encode({ type: SERVICE, lower: 0, upper: 100, usrHandle }))
  const server = serving(bench, 7, 9)
  const published = await next()
  assert.deepEqual(
    [published.event, published.foundLower, published.foundUpper, published.usrHandle],
    [TIPC_PUBLISHED, 7, 9, usrHandle],
  )
  // The socket itself can be sent to.
  const client = bench.open()
  await client.sendto('direct', [TIPC_ADDR_ID, published.node, published.ref, 0])
  assert.equal((await server.recv(100)).toString(), 'direct')
  server.close()
  const withdrawn = await next()
  assert.deepEqual([withdrawn.event, withdrawn.ref], [TIPC_WITHDRAWN, published.ref])
  const short = { type: SERVICE + 1, lower: 0, upper: 0, timeout: 1 }
  await topology.send(tipcSubscription.encode(short))
  assert.equal((await next()).event, TIPC_SUBSCR_TIMEOUT)
})

familyTest(RDM, 'a group: to all members, to one, and leaving', async (bench) => {
  const members = [1, 2, 3].map((instance) => {
    const socket = bench.open()
    const group = tipcGroupReq.encode({ type: SERVICE + 2, instance, scope: TIPC_NODE_SCOPE })
    socket.setsockopt(SOL_TIPC, TIPC_GROUP_JOIN, group)
    return socket
  }) as [Socket<number>, Socket<number>, Socket<number>]
  await members[0].send('to all')
  for (const member of members.slice(1)) assert.equal((await member.recv(100)).toString(), 'to all')
  await members[0].sendto('to one', [TIPC_ADDR_NAME, SERVICE + 2, 3, 0])
  assert.equal((await members[2].recv(100)).toString(), 'to one')
  members[2].setsockopt(SOL_TIPC, TIPC_GROUP_LEAVE, null, 0)
  await members[0].send('to the rest')
  assert.equal((await members[1].recv(100)).toString(), 'to the rest')
})
