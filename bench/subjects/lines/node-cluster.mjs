// node:cluster, a process for each core, as its users write a server of lines.
import cluster from 'node:cluster'
import { createServer } from 'node:net'
import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'
import { fibonacci } from './fibonacci.mjs'

if (cluster.isPrimary) {
  let listening = 0
  cluster.on('listening', (_worker, { port }) => {
    if (++listening === availableParallelism()) console.log(`PORT ${port}`)
  })
  for (let i = 0; i < availableParallelism(); i++) cluster.fork()
} else {
  const answer = { echo: (line) => line, fibonacci: (line) => fibonacci(Number(line)) }[process.argv[2]]
  const server = createServer({ noDelay: true }, (connection) => {
    createInterface({ input: connection }).on('line', (line) => connection.write(`${answer(line)}\n`))
    connection.on('error', () => connection.destroy())
  })
  server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 })
}
