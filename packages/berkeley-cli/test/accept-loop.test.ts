// Whatever accept() says of a connection or of the system's limits, the server goes on.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EBADF, ECONNABORTED, EMFILE, OSError, type Socket } from 'berkeley'
import { acceptConnections } from '#accept-loop.js'

/** A listener that plays a list of results, then waits for the signal. */
function playing(results: readonly (number | 'connection')[]): Socket<number> {
  const rest = [...results]
  const accept = async ({ signal }: { signal: AbortSignal }) => {
    const result = rest.shift()
    if (result === 'connection') return [{}, ['127.0.0.1', 1]]
    if (result !== undefined) throw new OSError(result, { syscall: 'accept' })
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  }
  return { accept } as unknown as Socket<number>
}

async function run(results: readonly (number | 'connection')[], connectionsExpected: number) {
  const closing = new AbortController()
  const troubles: string[] = []
  let connections = 0
  await acceptConnections(
    playing(results),
    async () => {
      if (++connections === connectionsExpected) closing.abort()
    },
    { connections: 10, signal: closing.signal, onTrouble: ({ code }) => troubles.push(code) },
  )
  return { connections, troubles }
}

test('out of descriptors: said once, tried again, and said again after a recovery', async () => {
  assert.deepEqual(await run([EMFILE, EMFILE, EMFILE, 'connection', EMFILE, 'connection'], 2), {
    connections: 2,
    troubles: ['EMFILE', 'EMFILE'],
  })
})

test('a connection that broke before it was accepted is passed over', async () => {
  assert.equal((await run([ECONNABORTED, 'connection'], 1)).connections, 1)
})

test('an error that will not pass ends the loop', async () => {
  await assert.rejects(run(['connection', EBADF], 2), { code: 'EBADF' })
})
