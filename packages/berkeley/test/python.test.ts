// CPython on the other end of the wire: python/peer.py tells what is said.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, describe, test } from 'node:test'
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  SHUT_WR,
  SOCK_DGRAM,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  type Socket,
} from 'berkeley'
import { type Form, forms } from './forms.ts'
import { packageRoot } from './package-root.ts'

const program = join(packageRoot, 'test/python/peer.py')
const folder = mkdtempSync(join(tmpdir(), 'berkeley-python-'))
after(() => rmSync(folder, { recursive: true }))

// As in peer.py.
const LENGTH = 1024 * 1024
const SIZES = [1, 2, 100, 1472, 9000, 30_000]
const LONG = 60
const CHUNK = 65536

type Any = Socket<number>

// ---- what is said: each gives all that was sent and all that was received ------------------------------------------

type Said = [sent: Buffer, received: Buffer]

const reversed = (message: Buffer) => Buffer.from(message).reverse()

async function everything(connection: Any): Promise<Buffer> {
  const parts: Buffer[] = []
  for (let data = await connection.recv(CHUNK); data.length > 0; data = await connection.recv(CHUNK))
    parts.push(data)
  return Buffer.concat(parts)
}

async function serveStream(server: Any): Promise<Said> {
  const [connection] = await server.accept()
  const received = await everything(connection)
  const sent = randomBytes(LENGTH)
  await connection.sendall(sent)
  connection.close()
  return [sent, received]
}

async function askStream(client: Any): Promise<Said> {
  const sent = randomBytes(LENGTH)
  await client.sendall(sent)
  client.shutdown(SHUT_WR)
  return [sent, await everything(client)]
}

async function serveSequence(server: Any): Promise<Said> {
  const [connection] = await server.accept()
  const received: Buffer[] = []
  for (
    let message = await connection.recv(CHUNK);
    message.length > 0;
    message = await connection.recv(CHUNK)
  ) {
    received.push(message)
    await connection.send(reversed(message))
  }
  connection.close()
  return [Buffer.concat(received.map(reversed)), Buffer.concat(received)]
}

async function askSequence(client: Any): Promise<Said> {
  const sent = SIZES.map((size) => randomBytes(size))
  const received: Buffer[] = []
  for (const message of sent) {
    await client.send(message)
    received.push(await client.recv(CHUNK))
  }
  return [Buffer.concat(sent), Buffer.concat(received)]
}

async function serveDatagrams(server: Any): Promise<Said> {
  const received: Buffer[] = []
  for (const _ of SIZES) {
    const [message, sender] = await server.recvfrom(CHUNK)
    received.push(message)
    await server.sendto(reversed(message), sender as never)
  }
  return [Buffer.concat(received.map(reversed)), Buffer.concat(received)]
}

// ---- the worlds ------------------------------------------------------------------------------------------------------

const kinds = {
  SOCK_STREAM: { type: SOCK_STREAM, serve: serveStream, ask: askStream },
  SOCK_SEQPACKET: { type: SOCK_SEQPACKET, serve: serveSequence, ask: askSequence },
  SOCK_DGRAM: { type: SOCK_DGRAM, serve: serveDatagrams, ask: askSequence },
}
type Kind = keyof typeof kinds
const families = { AF_INET, AF_INET6, AF_UNIX }

interface World {
  readonly name: string
  readonly family: keyof typeof families
  readonly kinds: readonly Kind[]
  /** Where a server binds. */
  readonly address: () => unknown
}

let names = 0
const internet = ['SOCK_STREAM', 'SOCK_DGRAM'] as const
const local = ['SOCK_STREAM', 'SOCK_DGRAM', 'SOCK_SEQPACKET'] as const
const worlds: readonly World[] = [
  { name: 'inet', family: 'AF_INET', kinds: internet, address: () => ['127.0.0.1', 0] },
  { name: 'inet6', family: 'AF_INET6', kinds: internet, address: () => ['::1', 0] },
  { name: 'unix path', family: 'AF_UNIX', kinds: local, address: () => join(folder, `${names++}`) },
  {
    name: 'unix abstract',
    family: 'AF_UNIX',
    kinds: local,
    address: () => Buffer.from(`\0\xff${process.pid} ${names++}`),
  },
]

// ---- python ----------------------------------------------------------------------------------------------------------

class Python {
  readonly #process = spawn('python3', [program], { stdio: ['pipe', 'pipe', 'inherit'] })
  readonly #lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]()

  begin(role: 'serve' | 'connect', world: World, kind: Kind, address: unknown): void {
    const wired = Buffer.isBuffer(address) ? [...address] : address
    this.#process.stdin.write(`${JSON.stringify([role, world.family, kind, wired])}\n`)
  }

  async says(): Promise<unknown> {
    const { value, done } = await this.#lines.next()
    assert.ok(!done, 'python3 had nothing to say')
    return JSON.parse(value)
  }

  kill(): void {
    this.#process.kill()
  }
}

function mirrored([sent, received]: Said): unknown {
  const digest = (data: Buffer) => createHash('sha256').update(data).digest('hex')
  return { sent: digest(received), received: digest(sent), length: sent.length }
}

function newSocket(form: Form, world: World, kind: Kind): Any {
  const socket = new form.library.Socket<number>(families[world.family], kinds[kind].type)
  socket.settimeout(LONG)
  return socket
}

for (const form of forms) {
  for (const world of worlds) {
    describe(`${form.name}, ${world.name}, with python3`, () => {
      const python = new Python()
      after(() => python.kill())

      for (const kind of world.kinds) {
        const { serve, ask } = kinds[kind]

        test(`${kind}: we serve, python connects`, async () => {
          using server = newSocket(form, world, kind)
          server.bind(world.address() as never)
          if (kind !== 'SOCK_DGRAM') server.listen()
          python.begin('connect', world, kind, server.getsockname())
          const said = await serve(server)
          assert.deepEqual(await python.says(), mirrored(said))
        })

        test(`${kind}: python serves, we connect`, async () => {
          python.begin('serve', world, kind, world.address())
          const address = (await python.says()) as unknown[]
          using client = newSocket(form, world, kind)
          if (world.family === 'AF_UNIX' && kind === 'SOCK_DGRAM') client.bind('')
          const abstract = typeof address[0] === 'number'
          await client.connect((abstract ? Buffer.from(address as number[]) : address) as never)
          const said = await ask(client)
          client.close()
          assert.deepEqual(await python.says(), mirrored(said))
        })
      }
    })
  }
}
