// A file on its way into a socket: by sendfile(2), or by plain copying where the kernel cannot.
import { MSG_NOSIGNAL } from '../sys/constants.ts'
import { EINVAL, ENOSYS, EOVERFLOW } from '../sys/errno.ts'
import { native } from '../sys/native.ts'
import { LONGEST_TURN, YIELD } from './request.ts'

/** A file that is open: a FileHandle of node:fs/promises, or a descriptor. */
export type File = number | { readonly fd: number }

/** At most this much at a time, so that a slow disk does not hold up the event loop for long. */
const CHUNK = 1024 * 1024
const COPY_CHUNK = 65536

export class FileTransfer {
  readonly file: File
  position: number
  /** How much is still to be read, Infinity for all there is. */
  remaining: number
  sent = 0
  /** The chunk under way when copying. */
  chunk: Uint8Array | null = null
  chunkStart = 0
  chunkEnd = 0

  constructor(file: File, position: number, count: number) {
    this.file = file
    this.position = position
    this.remaining = count
  }

  /** Read anew for each attempt: a FileHandle that was closed has -1, its old number may be someone else's. */
  get fd(): number {
    return typeof this.file === 'number' ? this.file : this.file.fd
  }
}

/** Sends until the end (the result is how much was sent), until the socket takes no more (-EAGAIN), or for a turn. */
export function transferFile(socket: number, transfer: FileTransfer): number {
  const turn = transfer.sent + LONGEST_TURN
  while (transfer.remaining > 0 || transfer.chunk !== null) {
    const moved = transfer.chunk === null ? byKernel(socket, transfer) : byCopying(socket, transfer)
    if (moved < 0) return moved
    if (moved === 0) break
    transfer.sent += moved
    if (transfer.sent >= turn) return YIELD
  }
  return transfer.sent
}

function byKernel(socket: number, transfer: FileTransfer): number {
  const moved = native.sendfile(socket, transfer.fd, transfer.position, Math.min(transfer.remaining, CHUNK))
  // Not a file that can be mapped, or not a socket that takes pages.
  if (moved === -EINVAL || moved === -ENOSYS || moved === -EOVERFLOW) return byCopying(socket, transfer)
  if (moved > 0) {
    transfer.position += moved
    transfer.remaining -= moved
  }
  return moved
}

function byCopying(socket: number, transfer: FileTransfer): number {
  transfer.chunk ??= new Uint8Array(COPY_CHUNK)
  if (transfer.chunkStart === transfer.chunkEnd) {
    const wanted = Math.min(transfer.remaining, COPY_CHUNK)
    const read = wanted === 0 ? 0 : native.pread(transfer.fd, transfer.chunk, 0, wanted, transfer.position)
    if (read <= 0) return read
    transfer.position += read
    transfer.remaining -= read
    transfer.chunkStart = 0
    transfer.chunkEnd = read
  }
  const rest = transfer.chunkEnd - transfer.chunkStart
  const sent = native.send(socket, transfer.chunk, transfer.chunkStart, rest, MSG_NOSIGNAL)
  if (sent > 0) transfer.chunkStart += sent
  return sent
}
