// An echo server and its client, in one form: argument 1. Prints what came back wrong, or `all right`.
// The blocking server has a worker of its own; the other one lives on the event loop of its client.
import { createHash, randomBytes } from 'node:crypto'
import { isMainThread, Worker } from 'node:worker_threads'
import { AF_INET, AF_UNIX, SO_RCVBUF, SO_SNDBUF, SOL_SOCKET, type Socket } from 'berkeley'
import { forms, type Library } from '../forms.ts'

const SIZES = [1, 2, 64, 4096, 65536, 300_000]
const SMALL_BUFFER = 4096 // Sending more than that is done by parts.
const LONG = 30

const name = process.argv[2]!
const { library } = forms.find((form) => form.name === name)!

type Address = [family: number, address: never]

function listen(family: number): Socket<number> {
  const server = new library.Socket<number>(family)
  server.bind(family === AF_INET ? ['127.0.0.1', 0] : '')
  server.listen()
  return server
}

async function serve(server: Socket<number>): Promise<void> {
  const [connection] = await server.accept()
  connection.settimeout(LONG)
  for (let data = await connection.recv(65536); data.length > 0; data = await connection.recv(65536)) {
    await connection.sendall(data)
  }
  connection.close()
  server.close()
}

async function ask({ Socket, SHUT_WR }: Library, [family, address]: Address): Promise<void> {
  using client = new Socket<number>(family)
  client.settimeout(LONG)
  client.setsockopt(SOL_SOCKET, SO_SNDBUF, SMALL_BUFFER)
  client.setsockopt(SOL_SOCKET, SO_RCVBUF, SMALL_BUFFER)
  await client.connect(address)
  const digest = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')
  for (const size of SIZES) {
    const data = randomBytes(size)
    const parts: Buffer[] = []
    // Not all at once, or both would wait for the other to read.
    for (let at = 0; at < size; at += SMALL_BUFFER) {
      const part = data.subarray(at, at + SMALL_BUFFER)
      await client.sendall(part)
      for (let missing = part.length; missing > 0; missing -= parts.at(-1)!.length) {
        parts.push(await client.recv(missing))
        if (parts.at(-1)!.length === 0) throw new Error('the end came too early')
      }
    }
    if (digest(Buffer.concat(parts)) !== digest(data)) throw new Error(`${size} bytes came back wrong`)
  }
  client.shutdown(SHUT_WR)
  if ((await client.recv(1)).length !== 0) throw new Error('more came back than was sent')
}

async function run(): Promise<void> {
  // The Unix one first: only there does connect(2) really answer EAGAIN.
  for (const family of [AF_UNIX, AF_INET]) {
    const server = listen(family)
    const address = server.getsockname() as never
    if (name === 'blocking') {
      const worker = new Worker(new URL(import.meta.url), {
        argv: [name],
        workerData: [family, server.detach()],
      })
      await ask(library, [family, address])
      await new Promise((resolve) => worker.on('exit', resolve))
    } else {
      await Promise.all([serve(server), ask(library, [family, address])])
    }
  }
}

if (isMainThread) {
  await run()
  console.log('all right')
} else {
  const { workerData } = await import('node:worker_threads')
  const [family, descriptor] = workerData as [number, number]
  await serve(new library.Socket(family, undefined, undefined, descriptor))
}
