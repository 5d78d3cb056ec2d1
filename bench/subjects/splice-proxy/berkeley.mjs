// A TCP proxy with promises: both directions by splice.
import { createServer, SHUT_WR, Socket, splice } from 'berkeley'

const behind = ['127.0.0.1', Number(process.argv[2])]

async function pass(source, target) {
  await splice(source, target)
  target.shutdown(SHUT_WR)
}

async function serve(front) {
  const back = new Socket()
  try {
    await back.connect(behind)
    await Promise.all([pass(front, back), pass(back, front)])
  } catch {
    // One of them is gone.
  } finally {
    front.close()
    back.close()
  }
}

const server = createServer(['127.0.0.1', 0], { backlog: 4096 })
console.log(`PORT ${server.getsockname()[1]}`)
for (;;) {
  const [front] = await server.accept()
  serve(front)
}
