// SO_RCVBUFFORCE and SO_SNDBUFFORCE: room beyond what the administrator allows everybody.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SO_RCVBUF, SO_RCVBUFFORCE, SO_SNDBUF, SO_SNDBUFFORCE, SOL_SOCKET } from 'berkeley'
import { forms } from '../forms.ts'

for (const { name, library } of forms) {
  describe(name, () => {
    for (const [title, option, force] of [
      ['SO_RCVBUFFORCE goes beyond what SO_RCVBUF is cut down to', SO_RCVBUF, SO_RCVBUFFORCE],
      ['SO_SNDBUFFORCE goes beyond what SO_SNDBUF is cut down to', SO_SNDBUF, SO_SNDBUFFORCE],
    ] as const) {
      test(title, (t) => {
        using socket = new library.Socket()
        const read = () => socket.getsockopt(SOL_SOCKET, option)
        socket.setsockopt(SOL_SOCKET, option, 2 ** 30)
        const most = read()
        const more = most / 2 + 65_536 // The kernel doubles what it is given.
        socket.setsockopt(SOL_SOCKET, option, more)
        assert.equal(read(), most)
        try {
          socket.setsockopt(SOL_SOCKET, force, more)
        } catch (error) {
          if ((error as { code?: string }).code !== 'EPERM') throw error
          return t.skip(`needs CAP_NET_ADMIN: ${(error as Error).message}`)
        }
        assert.equal(read(), 2 * more)
      })
    }
  })
}
