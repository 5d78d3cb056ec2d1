// Accepts when there are too many descriptors, and again when there is room for one more. Argument: the form. Prints
// the error's code, and what came over the connection.
import { forms } from '../forms.ts'

const { library } = forms.find(({ name }) => name === process.argv[2])!
const server = library.createServer(['127.0.0.1', 0])
const client = new library.Socket()
await client.connect(server.getsockname())
await client.sendall('hello')

const copies: number[] = []
try {
  for (;;) copies.push(library.dup(client.fileno()))
} catch {
  // That was the last one.
}
let code: unknown
try {
  await server.accept()
} catch (error) {
  code = (error as { code?: unknown }).code
}
library.close(copies.pop()!)
const [connection] = await server.accept()
console.log(`${code} ${await connection.recv(10)}`)
for (const socket of [connection, client, server]) socket.close()
