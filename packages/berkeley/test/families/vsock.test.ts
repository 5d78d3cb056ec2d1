// AF_VSOCK over the loopback of virtual sockets: connections of bytes and of messages, and options of 64 bits.
import assert from 'node:assert/strict'
import { before } from 'node:test'
import {
  AF_VSOCK,
  MSG_EOR,
  SHUT_WR,
  SO_VM_SOCKETS_BUFFER_MAX_SIZE,
  SO_VM_SOCKETS_BUFFER_SIZE,
  SO_VM_SOCKETS_CONNECT_TIMEOUT,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  type Socket,
  timeval,
  VMADDR_CID_ANY,
  VMADDR_CID_LOCAL,
  VMADDR_PORT_ANY,
} from 'berkeley'
import { type Bench, familyTest, warmUp } from './family-test.ts'

before(warmUp)

const STREAM = { family: AF_VSOCK, type: SOCK_STREAM, files: ['/sys/module/vsock_loopback'] }
const SEQPACKET = { ...STREAM, type: SOCK_SEQPACKET }

async function connected({ open, own }: Bench): Promise<[client: Socket<number>, server: Socket<number>]> {
  const listening = open()
  listening.bind([VMADDR_CID_ANY, VMADDR_PORT_ANY])
  listening.listen()
  const [, port] = listening.getsockname() as [number, number]
  const client = open()
  await client.connect([VMADDR_CID_LOCAL, port])
  assert.deepEqual(client.getpeername(), [VMADDR_CID_LOCAL, port])
  const [server, address] = await listening.accept()
  assert.deepEqual(address, [VMADDR_CID_LOCAL, (client.getsockname() as [number, number])[1]])
  return [client, own(server)]
}

familyTest(STREAM, 'a stream, both ways, to its end', async (bench) => {
  const [client, server] = await connected(bench)
  const DATA = Buffer.alloc(100_000, 'vsock ')
  await client.sendall(DATA)
  client.shutdown(SHUT_WR)
  const chunks: Buffer[] = []
  for (let chunk = await server.recv(65536); chunk.length > 0; chunk = await server.recv(65536))
    chunks.push(chunk)
  assert.deepEqual(Buffer.concat(chunks), DATA)
  await server.sendall('answer')
  assert.equal((await client.recv(100)).toString(), 'answer')
})

familyTest(SEQPACKET, 'messages with borders', async (bench) => {
  const [client, server] = await connected(bench)
  await client.send('first')
  await client.send('second', MSG_EOR)
  assert.equal((await server.recv(100)).toString(), 'first')
  const [data, , flags] = await server.recvmsg(100)
  assert.deepEqual([data.toString(), flags & MSG_EOR], ['second', MSG_EOR])
})

familyTest(STREAM, 'options, whose numbers have 64 bits', ({ open }) => {
  const socket = open()
  socket.setsockopt(AF_VSOCK, SO_VM_SOCKETS_BUFFER_MAX_SIZE, 2 ** 20)
  socket.setsockopt(AF_VSOCK, SO_VM_SOCKETS_BUFFER_SIZE, 2 ** 19)
  assert.equal(socket.getsockopt(AF_VSOCK, SO_VM_SOCKETS_BUFFER_MAX_SIZE), 2 ** 20)
  assert.equal(socket.getsockopt(AF_VSOCK, SO_VM_SOCKETS_BUFFER_SIZE), 2 ** 19)
  socket.setsockopt(AF_VSOCK, SO_VM_SOCKETS_CONNECT_TIMEOUT, timeval.encode(1.5))
  assert.equal(timeval.decode(socket.getsockopt(AF_VSOCK, SO_VM_SOCKETS_CONNECT_TIMEOUT, 16)), 1.5)
})

familyTest(STREAM, 'nobody listens', async ({ open }) => {
  const [taken, client] = [open(), open()]
  taken.bind([VMADDR_CID_ANY, VMADDR_PORT_ANY])
  const [, port] = taken.getsockname() as [number, number]
  await assert.rejects(async () => client.connect([VMADDR_CID_LOCAL, port]), { code: 'ECONNRESET' })
})
