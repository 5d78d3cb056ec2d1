// The connections that were handed to a worker, as sockets: they are known to be such, and to be non-blocking.
import { adopt, check, configure } from '../../base-socket.ts'
import { Handle } from '../../ops/handle.ts'
import type { BlockingSocket, Socket } from '../../socket.ts'
import { native } from '../../sys/native.ts'
import type { Task } from './task.ts'

/** Makes sockets, of the same class as `like`, of the descriptors of connections. */
export function connectionsOf<Any extends Socket<number> | BlockingSocket<number>>(
  like: Any,
  { beginning: { family, type, proto } }: Task,
): (descriptor: number) => Any {
  const kind = { family, type, proto, origin: 'by a server' }
  return (descriptor) => adopt(like, configure(new Handle(check(native.adopt(descriptor), 'adopt'), kind)))
}
