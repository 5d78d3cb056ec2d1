// Closes a connection so that the last bytes sent arrive.
//
// close() on a socket with unread bytes makes the kernel send a reset at once, and a reset makes the other
// side throw away what it had received and not yet read - the answer. So: say that nothing more will come,
// read away what the client still sends, and close when it has closed.
//
// Rule: bounded in time and bytes, so that a client which never stops cannot hold the connection.
import { SHUT_WR, type Socket } from 'berkeley'
import { Deadline } from './deadline.ts'

const LONGEST_SECONDS = 1
const MOST_BYTES = 1_048_576

export async function closeLosslessly(socket: Socket<number>, interruption: AbortSignal): Promise<void> {
  await untilRead(socket, interruption)
  socket.close()
}

/** Waits until the other side has read all and closed, or the bounds are reached: then close() loses nothing. */
export async function untilRead(socket: Socket<number>, interruption?: AbortSignal): Promise<void> {
  const deadline = new Deadline(LONGEST_SECONDS, interruption)
  const waste = Buffer.allocUnsafe(16_384)
  try {
    socket.shutdown(SHUT_WR)
    for (let total = 0, count = -1; count !== 0 && total < MOST_BYTES; total += count) {
      count = await socket.recvInto(waste, { signal: deadline.signal })
    }
  } catch {
    // The time is over, or the client is gone: either way there is nobody left to wait for.
  } finally {
    deadline.clear()
  }
}
