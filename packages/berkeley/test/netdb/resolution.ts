// Runs in a world whose name server answers: what becomes of a name in a socket's address.
import assert from 'node:assert/strict'
import { AF_INET, AF_INET6, AF_UNIX, gaierror, SOCK_DGRAM } from 'berkeley'
import { Handle } from '#ops/handle.js'
import { resolveAsync, resolveBlocking } from '#resolve.js'

async function resolves(family: number, given: unknown, resolved: unknown): Promise<void> {
  const socket = new Handle(-1, { family, type: SOCK_DGRAM, proto: 0 })
  for (const timeout of [null, 5, 0]) {
    socket.timeout = timeout
    assert.deepEqual(await resolveAsync(socket, given, 'sendto'), resolved)
    assert.deepEqual(resolveBlocking(socket, given, 'sendto'), resolved)
  }
}

await resolves(AF_INET, ['localhost', 80], ['127.0.0.1', 80])
await resolves(AF_INET, ['127.1', 80], ['127.0.0.1', 80])
await resolves(AF_INET, ['v4.example', 80], ['192.0.2.4', 80])
await resolves(AF_INET, ['bücher.example', 80], ['192.0.2.3', 80])
await resolves(AF_INET6, ['ip6-localhost', 80, 5], ['::1', 80, 5, 0])
await resolves(AF_INET6, ['host.example', 80, 0, 7], ['2001:db8::1', 80, 0, 7])
await resolves(AF_INET6, ['fe80::1%lo', 80], ['fe80::1', 80, 0, 1])

// Nothing to look up.
for (const address of [
  ['127.0.0.1', 80],
  ['', 80],
  ['<broadcast>', 80],
  [],
  null,
  { family: 2, bytes: [] },
]) {
  await resolves(AF_INET, address, address)
}
await resolves(AF_UNIX, '/run/host.example', '/run/host.example')

const socket = new Handle(-1, { family: AF_INET, type: SOCK_DGRAM, proto: 0 })
const refused = (error: unknown): boolean => {
  assert.ok(error instanceof gaierror)
  const { code, syscall, address, message } = error
  assert.deepEqual(
    { code, syscall, address },
    { code: 'EAI_NONAME', syscall: 'sendto', address: 'nosuch.example' },
  )
  assert.match(message, /^sendto EAI_NONAME nosuch\.example: ./)
  return true
}
await assert.rejects(resolveAsync(socket, ['nosuch.example', 80], 'sendto'), refused)
assert.throws(() => resolveBlocking(socket, ['nosuch.example', 80], 'sendto'), refused)
console.log('null')
