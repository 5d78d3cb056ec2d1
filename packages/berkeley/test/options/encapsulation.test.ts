// UDP_ENCAP: what IPsec wraps into UDP never reaches the socket, and what else shares its port does.
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { AF_INET, IPPROTO_UDP, SOCK_DGRAM, Socket, UDP_ENCAP, UDP_ENCAP_ESPINUDP } from 'berkeley'
import { leavesNothingOpen } from '../descriptors.ts'
import { forms } from '../forms.ts'
import { warmUp } from '../worlds.ts'

before(warmUp)

/** Why this kernel cannot; `false` if it can. */
function lacking(): string | false {
  using socket = new Socket(AF_INET, SOCK_DGRAM)
  try {
    socket.setsockopt(IPPROTO_UDP, UDP_ENCAP, UDP_ENCAP_ESPINUDP)
    return false
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOPROTOOPT') throw error
    return `this kernel has no IPsec: ${(error as Error).message}`
  }
}

const skip = lacking()

for (const { name, library } of forms) {
  describe(name, () => {
    test('UDP_ENCAP_ESPINUDP: the kernel takes ESP and keep-alives, the socket gets IKE', { skip }, () =>
      leavesNothingOpen(async () => {
        using receiver = new library.Socket(AF_INET, SOCK_DGRAM)
        using sender = new library.Socket(AF_INET, SOCK_DGRAM)
        receiver.bind(['127.0.0.1', 0])
        receiver.settimeout(0)
        const keepAlive = Buffer.from([0xff])
        const esp = Buffer.alloc(40, 7)
        const ike = Buffer.concat([Buffer.alloc(4), Buffer.from('key exchange')]) // RFC 3948: no SPI is zero.
        const packets = [keepAlive, esp, ike]

        assert.equal(receiver.getsockopt(IPPROTO_UDP, UDP_ENCAP), 0)
        for (const packet of packets) await sender.sendto(packet, receiver.getsockname())
        for (const packet of packets) assert.deepEqual(await receiver.recv(100), packet)

        receiver.setsockopt(IPPROTO_UDP, UDP_ENCAP, UDP_ENCAP_ESPINUDP)
        assert.equal(receiver.getsockopt(IPPROTO_UDP, UDP_ENCAP), UDP_ENCAP_ESPINUDP)
        for (const packet of packets) await sender.sendto(packet, receiver.getsockname())
        assert.deepEqual(await receiver.recv(100), ike)
        await assert.rejects(async () => receiver.recv(100), { code: 'EAGAIN' })
      }),
    )

    test('a kind of encapsulation that there is not', { skip }, () => {
      using socket = new library.Socket(AF_INET, SOCK_DGRAM)
      assert.throws(() => socket.setsockopt(IPPROTO_UDP, UDP_ENCAP, 99), {
        code: 'ENOPROTOOPT',
        syscall: 'setsockopt',
      })
    })
  })
}
