// Files over the two ends of a socket pair, in either form, for tests that say `await` before every call that may wait.
import type { AsyncFile, FileOptions } from '#file.js'
import type { Form, Library } from '../forms.ts'
import type { Scope } from '../scope.ts'

export type Stream = ReturnType<Library['socketpair']>[0]

/** A file of either form: what it gives and takes depends on the mode, which a table does not tell to the compiler. */
export type AnyFile = Omit<AsyncFile<string>, 'readInto' | 'read1' | 'peek'> & {
  readInto(buffer: Uint8Array): Promise<number>
  read1(size?: number): Promise<Buffer>
  peek(): Promise<Buffer>
}

/** Two connected sockets, closed at the end of the test. */
export function pairOf(form: Form, t: Scope): [Stream, Stream] {
  const [one, other] = form.library.socketpair()
  t.after(() => one.close())
  t.after(() => other.close())
  return [one, other]
}

/** A file, closed at the end of the test before its socket is; what it could not send is forgotten. */
export function fileOf(t: Scope, socket: Stream, mode?: string, options?: FileOptions): AnyFile {
  const file = socket.makefile(mode, options) as unknown as AnyFile
  t.after(async () => {
    try {
      if (socket.fileno() >= 0) socket.setblocking(false)
      await file.close()
    } catch {}
  })
  return file
}

/** What has come and can be received without waiting. */
export async function received(socket: Stream): Promise<Buffer> {
  const pieces: Buffer[] = []
  const { timeout } = socket
  socket.settimeout(0)
  try {
    for (let piece = await socket.recv(65536); piece.length > 0; piece = await socket.recv(65536))
      pieces.push(piece)
  } catch (error) {
    if ((error as { code?: string }).code !== 'EAGAIN') throw error
  } finally {
    socket.settimeout(timeout)
  }
  return Buffer.concat(pieces)
}
