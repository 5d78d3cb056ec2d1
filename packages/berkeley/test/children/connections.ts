// Very many connections, one after the other: `connections.js FORM FAMILY`, with --expose-gc. Prints, as JSON, what
// this process uses after some and after all of them.
import { AF_INET, AF_UNIX } from 'berkeley'
import { descriptors } from '../descriptors.ts'
import { forms } from '../forms.ts'

const [name, family] = process.argv.slice(2)
const { library } = forms.find((form) => form.name === name)!
const SOME = 2000
const ALL = 10_000
const AT_A_TIME = 500

const turn = () => new Promise((resolve) => setImmediate(resolve))

async function use(): Promise<unknown> {
  // What was collected is taken out of registries in turns of their own.
  for (let turns = 0; turns < 3; turns++) {
    gc!()
    await turn()
  }
  const { heapUsed, rss } = process.memoryUsage()
  const { length: resources } = process.getActiveResourcesInfo()
  return { descriptors: descriptors().length, resources, heapUsed, rss }
}

const number = family === 'inet' ? AF_INET : AF_UNIX
const server = new library.Socket<number>(number)
server.bind(family === 'inet' ? ['127.0.0.1', 0] : '')
server.listen()
const address = server.getsockname() as never

async function connectOnce(): Promise<void> {
  const client = new library.Socket<number>(number)
  const accepting = name === 'async' ? server.accept() : null
  await client.connect(address)
  const [connection] = await (accepting ?? server.accept())
  client.close()
  if ((await connection.recv(1)).length !== 0) throw new Error('nothing was sent')
  connection.close()
}

const used: unknown[] = []
for (let count = 1; count <= ALL; count++) {
  await connectOnce()
  if (count % AT_A_TIME === 0) await turn()
  if (count === SOME || count === ALL) used.push(await use())
}
server.close()
console.log(JSON.stringify(used))
