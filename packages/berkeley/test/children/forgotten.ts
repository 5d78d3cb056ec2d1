// Sockets that are forgotten: `forgotten.js FORM`, with --expose-gc. Says, as a line of JSON for each way to get and
// forget one, what the warnings are, and how many are still open of those that were made.
import { fstatSync } from 'node:fs'
import { AF_INET, AF_UNIX, type Socket } from 'berkeley'
import { forms } from '../forms.ts'

const name = process.argv[2]!
const { library } = forms.find((form) => form.name === name)!
const turn = () => new Promise((resolve) => setImmediate(resolve))
const kept: unknown[] = []

interface Warning extends Error {
  readonly code?: string
  readonly detail?: string
}
const warnings: Warning[] = []
process.removeAllListeners('warning').on('warning', (warning) => warnings.push(warning))

// Each gives the descriptors of sockets that are forgotten, or that are not (SPARED).
const ways: Record<string, () => number[] | Promise<number[]>> = {
  'new Socket': () => [new library.Socket(AF_INET).fileno()],
  createServer: () => [library.createServer(['127.0.0.1', 0]).fileno()],
  socketpair: () => library.socketpair().map((socket) => socket.fileno()),
  dup: () => {
    const socket = new library.Socket(AF_UNIX)
    kept.push(socket)
    return [socket.dup().fileno()]
  },
  fromfd: () => {
    const socket = new library.Socket(AF_UNIX)
    kept.push(socket)
    return [library.fromfd(socket.fileno()).fileno()]
  },
  accept: async () => {
    const server = library.createServer(['127.0.0.1', 0])
    const client = new library.Socket(AF_INET)
    kept.push(server, client)
    await client.connect(server.getsockname())
    const [connection] = await server.accept()
    return [connection.fileno()]
  },
  closed: () => {
    const socket = new library.Socket(AF_INET)
    const descriptor = socket.fileno()
    socket.close()
    return [descriptor]
  },
  detached: () => [new library.Socket(AF_INET).detach()],
  'used before': async () => {
    const [left, right] = library.socketpair()
    kept.push(left)
    await send(left, right)
    return [right.fileno()]
  },
  'in use': () => {
    const [left, right] = library.socketpair()
    kept.push(left, right)
    return [left.fileno(), right.fileno()]
  },
}

/** Nobody knows the socket that waits, but everybody its peer. */
function waitedFor(): number[] {
  const [left, right] = library.socketpair()
  kept.push(left)
  right.recv(10).catch(() => {}) // It should not end at all.
  return [right.fileno()]
}
if (name === 'async') ways['waited for'] = waitedFor

async function send(left: Socket<typeof AF_UNIX>, right: Socket<typeof AF_UNIX>): Promise<void> {
  const data = name === 'async' ? right.recv(10) : null // Which has to wait.
  await left.send('hello')
  await (data ?? right.recv(10))
}

function isOpen(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isSocket()
  } catch {
    return false
  }
}

const SPARED = ['closed', 'detached', 'in use', 'waited for']
const TURNS = 4 // One more than it takes to hear of what was collected, where nothing should be.

for (const [how, way] of Object.entries(ways)) {
  warnings.length = 0
  const descriptors = await way()
  const expected = SPARED.includes(how) ? 0 : descriptors.length
  for (let turns = 0; warnings.length < expected || turns < TURNS; turns++) {
    await turn()
    gc!()
    await turn()
  }
  const said = warnings.map(({ name, code, message, detail }) => ({ name, code, message, detail }))
  console.log(
    JSON.stringify({ how, said, made: descriptors.length, open: descriptors.filter(isOpen).length }),
  )
}
process.exit(kept.length > 0 ? 0 : 1) // There is one that waits; and what is kept, must be kept up to here.
