// A TCP proxy with Bun's own sockets: what one end does not take stops the other until it drains.
import { flush, write } from '../bun-sending.mjs'

const others = new WeakMap()
const ended = new WeakSet()

const socket = {
  data: (from, data) => {
    if (!write(others.get(from), data)) from.pause()
  },
  drain: (to) => {
    if (!flush(to)) return
    const from = others.get(to)
    if (ended.has(from)) to.shutdown()
    else from?.resume()
  },
  end: (from) => {
    ended.add(from)
    const to = others.get(from)
    if (flush(to)) to.shutdown()
  },
  close: (socket) => others.get(socket)?.end(),
  error: (socket) => others.get(socket)?.terminate(),
}

const server = Bun.listen({
  hostname: '127.0.0.1',
  port: 0,
  allowHalfOpen: true,
  socket: {
    ...socket,
    open: async (front) => {
      front.pause()
      const port = Number(process.argv[2])
      const back = await Bun.connect({ hostname: '127.0.0.1', port, allowHalfOpen: true, socket })
      others.set(front, back)
      others.set(back, front)
      front.resume()
    },
  },
})
console.log(`PORT ${server.port}`)
