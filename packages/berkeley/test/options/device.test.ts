// Sockets that use one network interface only.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer as createNodeServer } from 'node:net'
import { before, describe } from 'node:test'
import { AF_INET, ifNametoindex, SOCK_DGRAM } from 'berkeley'
import { bindToDevice, boundDevice } from 'berkeley/options'
import { forms } from '../forms.ts'
import { inNamespace } from '../namespace.ts'
import { socketTest } from '../scope.ts'
import { warmUp } from '../worlds.ts'

before(warmUp)

const commands = [
  'link set lo up',
  'link add first type veth peer name second',
  'link set first up',
  'link set second up',
  'addr add 10.9.0.1/24 dev first',
]

inNamespace(import.meta.url, commands, () => {
  for (const { name, library } of forms) {
    describe(name, () => {
      for (const [how, device] of [
        ['by name', 'first'],
        ['by index', ifNametoindex('first')],
      ] as const) {
        socketTest(`what comes by another interface is not received: ${how}`, async (t) => {
          const receiver = new library.Socket(AF_INET, SOCK_DGRAM)
          const sender = new library.Socket(AF_INET, SOCK_DGRAM)
          t.after(() => receiver.close())
          t.after(() => sender.close())
          receiver.bind(['', 0])
          const to = ['127.0.0.1', receiver.getsockname()[1]] as const
          receiver.settimeout(0)
          await sender.sendto('before', to)
          assert.equal(String(await receiver.recv(10)), 'before')
          assert.equal(boundDevice(receiver), null)
          bindToDevice(receiver, device)
          assert.equal(boundDevice(receiver), 'first')
          await sender.sendto('lost', to)
          await assert.rejects(async () => receiver.recv(10), { code: 'EAGAIN' })
          bindToDevice(receiver, null)
          assert.equal(boundDevice(receiver), null)
          await sender.sendto('after', to)
          assert.equal(String(await receiver.recv(10)), 'after')
        })
      }

      socketTest('a server is there for those who come by its interface', async (t) => {
        const server = library.createServer(['', 0])
        const client = new library.Socket()
        t.after(() => server.close())
        t.after(() => client.close())
        const [, port] = server.getsockname()
        bindToDevice(server, 'first')
        assert.equal(await client.connectEx(['127.0.0.1', port]), library.ECONNREFUSED)
        bindToDevice(server.fileno(), 'lo')
        assert.equal(await client.connectEx(['127.0.0.1', port]), 0)
      })

      socketTest('a device that is not there, and none at all', (t) => {
        const socket = new library.Socket()
        t.after(() => socket.close())
        assert.throws(() => bindToDevice(socket, 'third'), { code: 'ENODEV', syscall: 'setsockopt' })
        bindToDevice(socket, 99) // The kernel takes any index.
        assert.throws(() => boundDevice(socket), { code: 'ENODEV', syscall: 'getsockopt' })
        bindToDevice(socket, 0)
        assert.throws(() => bindToDevice(socket, 'first-and-longer'), {
          name: 'RangeError',
          message: /^bindToDevice\(\): device must be a name of at most 15 bytes, got 'first-and-longer'/,
        })
        assert.throws(() => bindToDevice(socket, 'first\0second'), /device must be a name without NUL/)
        bindToDevice(socket, 'first')
        bindToDevice(socket, '')
        assert.equal(boundDevice(socket), null)
        socket.close()
        assert.throws(() => bindToDevice(socket, 'lo'), { code: 'EBADF' })
        assert.throws(() => boundDevice(socket), { code: 'EBADF' })
      })
    })
  }

  socketTest('a server of node:net', async (t) => {
    const server = createNodeServer().listen(0)
    await once(server, 'listening')
    t.after(() => {
      server.close()
      return once(server, 'close')
    })
    const { _handle } = server as unknown as { _handle: { fd: number } }
    bindToDevice(_handle, 'first')
    assert.equal(boundDevice(_handle.fd), 'first')
  })
})
