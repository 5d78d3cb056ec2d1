// Whether the process lives on: `idle.js CASE`. What comes later, comes by a timer that does not keep it alive: if
// nothing else does, it is not heard of any more.
import { AF_INET, AF_UNIX, createServer, SOCK_DGRAM, Socket, socketpair } from 'berkeley'

const [left, right] = socketpair()
const SOON = 20
/** Long after the process has ended, if it does what it should. */
const LATE = 3000

function after(milliseconds: number, act: () => unknown): void {
  setTimeout(act, milliseconds).unref()
}

function tell(promise: Promise<unknown>): void {
  promise.then(
    (value) => console.log(`${value}`),
    (error) => console.log(error.code ?? error.message),
  )
}

function receiveAfter(milliseconds: number): void {
  after(milliseconds, () => left.send('received'))
  tell(right.recv(10))
}

/** A socket that nothing refers to any more would be closed, with a warning. */
const kept: unknown[] = []

/** Its queue is full. */
async function toFullQueue(emptiedAfter: number): Promise<[Socket<typeof AF_UNIX>, string]> {
  const receiver = new Socket(AF_UNIX, SOCK_DGRAM)
  const sender = new Socket(AF_UNIX, SOCK_DGRAM)
  receiver.bind('')
  kept.push(receiver, sender)
  sender.settimeout(0)
  try {
    for (;;) await sender.sendto('full', receiver.getsockname())
  } catch {
    sender.settimeout(null)
  }
  after(emptiedAfter, () => receiver.recv(10))
  return [sender, receiver.getsockname() as string]
}

const cases: Record<string, () => unknown> = {
  idle: async () => {
    const server = createServer(['127.0.0.1', 0])
    const socket = new Socket(AF_INET, SOCK_DGRAM)
    socket.bind(['127.0.0.1', 0])
    const data = right.recv(10)
    await left.send('used')
    console.log(`${await data}`)
    // They are open all the while: what is collected is closed, with a warning.
    after(LATE, () => console.log('still here', server, socket))
  },
  'recv waits': () => receiveAfter(SOON),
  'accept waits': () => {
    const server = createServer(['127.0.0.1', 0])
    after(SOON, () => new Socket().connect(server.getsockname()))
    tell(server.accept().then(() => 'accepted'))
  },
  'sendall waits': () => {
    after(SOON, async () => {
      right.unref()
      while ((await right.recv(2 ** 20)).length > 0);
    })
    tell(left.sendall(Buffer.alloc(2 ** 22)).then(() => 'sent'))
  },
  'sendto waits for a queue': async () => {
    const [sender, address] = await toFullQueue(SOON)
    tell(sender.sendto('hello', address))
  },
  'sendto waits for a queue, unreferenced': async () => {
    const [sender, address] = await toFullQueue(LATE)
    tell(sender.unref().sendto('hello', address))
  },
  iterating: async () => {
    after(SOON, () => left.close())
    for await (const chunk of right) console.log(`${chunk}`)
    console.log('end')
  },
  unreferenced: () => {
    right.unref()
    receiveAfter(LATE)
  },
  'unreferenced while waiting': () => {
    receiveAfter(LATE)
    right.unref()
  },
  'unreferenced and referenced again': () => {
    right.unref()
    receiveAfter(SOON)
    right.ref()
  },
  'unreferenced, with another that waits': () => {
    after(SOON, () => right.send('for the other'))
    right.unref()
    tell(right.recv(20))
    tell(left.recv(20))
  },
  'a time limit': () => {
    right.settimeout(SOON / 1000)
    tell(right.recv(10))
  },
  'a time limit, unreferenced': () => {
    right.settimeout(LATE / 1000)
    right.unref()
    tell(right.recv(10))
  },
  aborted: () => {
    const controller = new AbortController()
    tell(right.recv(10, { signal: controller.signal }))
    controller.abort(new Error('enough'))
    after(LATE, () => console.log('still here'))
  },
  closed: () => {
    tell(right.recv(10))
    right.close()
    after(LATE, () => console.log('still here'))
  },
  detached: () => {
    tell(right.recv(10))
    right.detach()
    after(LATE, () => console.log('still here'))
  },
}

cases[process.argv[2]!.replaceAll('-', ' ')]!()
