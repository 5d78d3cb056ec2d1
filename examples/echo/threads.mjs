// @ts-check
// An echo server with a thread for each client, which may block as it likes. A descriptor is a number that is the same in
// all threads: the one that accepts lets go of it, the other takes it. There is no bound on the threads here;
// ThreadingTCPServer (examples/lines) has one.
//
//   node examples/echo/threads.mjs [PORT [HOST]]
//   echo "how are you" | node examples/echo/client.mjs
//
// prints
//
//   listening on 127.0.0.1:7777
//   127.0.0.1:49152 in thread 1 sent 12 bytes
import { isMainThread, threadId, Worker, workerData } from 'node:worker_threads'
import { createServer } from 'berkeley'
import { Socket } from 'berkeley/blocking'

async function main() {
  const [port = '7777', host = '127.0.0.1'] = process.argv.slice(2)
  const server = createServer([host, Number(port)])
  console.log(`listening on ${server.getsockname().join(':')}`)
  // This thread waits with promises: what the others print goes through it.
  for await (const [connection, address] of server) {
    const name = address.join(':')
    const worker = new Worker(new URL(import.meta.url), { workerData: { fd: connection.detach(), name } })
    worker.on('error', (error) => console.log(`${name}: ${error.message}`))
  }
}

/** @param {{ fd: number, name: string }} client */
function serve({ fd, name }) {
  const connection = new Socket(undefined, undefined, undefined, fd)
  let total = 0
  try {
    for (let data = connection.recv(65536); data.length > 0; data = connection.recv(65536)) {
      connection.sendall(data)
      total += data.length
    }
  } finally {
    connection.close()
  }
  console.log(`${name} in thread ${threadId} sent ${total} bytes`)
}

if (isMainThread) await main()
else serve(workerData)
