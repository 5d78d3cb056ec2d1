// @ts-check
// A TCP proxy. What is passed on never comes to JavaScript: splice moves it inside the kernel, in both directions at once.
// When one side stops sending, the other is told so and may go on; what one side does not read, the other cannot send.
//
//   python3 -m http.server --bind 127.0.0.1 8000 &
//   node examples/proxy.mjs 8080 127.0.0.1 8000
//   curl http://127.0.0.1:8080/
//
// prints
//
//   127.0.0.1:8080 → 127.0.0.1:8000
//   127.0.0.1:49152: 77 bytes there, 1402 bytes back
import { createConnection, createServer, SHUT_WR, splice } from 'berkeley'

/** @typedef {import('berkeley').Socket<number>} Socket */

const [port, host, hostPort] = process.argv.slice(2)
if (!port || !host || !hostPort) {
  console.error('usage: proxy.mjs PORT HOST HOST_PORT')
  process.exit(2)
}
/** @type {readonly [string, number]} */
const target = [host, Number(hostPort)]

/**
 * Passes on one direction, its end included.
 * @param {Socket} source
 * @param {Socket} target
 * @param {import('berkeley').SpliceProgress} progress
 */
async function pass(source, target, progress) {
  await splice(source, target, { progress })
  target.shutdown(SHUT_WR)
}

/**
 * @param {Socket} client
 * @param {string} name
 */
async function serve(client, name) {
  const [there, back] = [{ moved: 0 }, { moved: 0 }]
  let reason = ''
  try {
    const server = await createConnection(target)
    try {
      await Promise.all([pass(client, server, there), pass(server, client, back)])
    } finally {
      server.close()
    }
  } catch (error) {
    reason = ` (${error instanceof Error ? error.message : error})`
  }
  client.close()
  console.log(`${name}: ${there.moved} bytes there, ${back.moved} bytes back${reason}`)
}

const proxy = createServer(['127.0.0.1', Number(port)])
console.log(`${proxy.getsockname().join(':')} → ${host}:${hostPort}`)
for await (const [client, address] of proxy) serve(client, address.join(':'))
