// AF_QIPCRTR: messages within this node, and its name service.
import assert from 'node:assert/strict'
import { before } from 'node:test'
import { AF_QIPCRTR, QRTR_PORT_CTRL, SOCK_DGRAM, type Socket } from 'berkeley'
import { familyTest, warmUp } from './family-test.ts'

before(warmUp)

const QRTR = { family: AF_QIPCRTR, type: SOCK_DGRAM }
const NEW_SERVER = 4
const DEL_SERVER = 5
const NEW_LOOKUP = 10

type Name = [node: number, port: number]

function bound(socket: Socket<number>): [Socket<number>, Name] {
  const [node] = socket.getsockname() as Name
  socket.bind([node, 0])
  return [socket, socket.getsockname() as Name]
}

/** struct qrtr_ctrl_pkt, in little-endian order: a command, and a server. */
function control(command: number, service: number, instance: number, [node, port]: Name = [0, 0]): Buffer {
  return Buffer.from(new Uint32Array([command, service, instance, node, port]).buffer)
}

familyTest(QRTR, 'a message to another socket of this node', async ({ open }) => {
  const [sender, from] = bound(open())
  const [receiver, to] = bound(open())
  assert.equal(await sender.sendto('message', to), 7)
  const [data, address] = await receiver.recvfrom(100)
  assert.deepEqual([data.toString(), address], ['message', from])
  await sender.connect(to)
  assert.deepEqual(sender.getpeername(), to)
  await sender.sendall('connected')
  assert.equal((await receiver.recv(100)).toString(), 'connected')
})

familyTest(QRTR, 'the name service tells which servers there are', async ({ open }) => {
  const [server, name] = bound(open())
  const [client] = bound(open())
  const names: Name = [name[0], QRTR_PORT_CTRL]
  const next = async () => {
    for (;;) {
      const packet = new Uint32Array(Uint8Array.from(await client.recv(100)).buffer)
      // An empty one ends the list of those that are there already.
      if (packet[1] !== 0) return [...packet]
    }
  }
  await server.sendto(control(NEW_SERVER, 4711, 7, name), names)
  await client.sendto(control(NEW_LOOKUP, 4711, 0), names)
  assert.deepEqual(await next(), [NEW_SERVER, 4711, 7, ...name])
  await server.sendto(control(DEL_SERVER, 4711, 7, name), names)
  assert.deepEqual(await next(), [DEL_SERVER, 4711, 7, ...name])
})
