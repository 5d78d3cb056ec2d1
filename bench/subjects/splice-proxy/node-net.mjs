// What everybody writes with node:net to pass on a connection.
import { connect, createServer } from 'node:net'

const server = createServer({ allowHalfOpen: true }, (front) => {
  const back = connect({ host: '127.0.0.1', port: Number(process.argv[2]), allowHalfOpen: true })
  front.pipe(back).pipe(front)
  front.on('error', () => back.destroy())
  back.on('error', () => front.destroy())
})
server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () =>
  console.log(`PORT ${server.address().port}`),
)
