// A Unix path that exists when a server wants to bind it: bind(2) says the same whether another server listens there or one
// that is gone has left it behind. Here is the difference, and how a path is taken from nobody.
// Rule: only who holds the lock on a path looks whether anybody listens there, removes it and binds it: so of several
//       servers that start at the same moment none takes the path of another.
import { lstatSync, statSync, unlinkSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { OSError } from '../core/error-classes.ts'
import { osErrorBecause } from '../core/errors.ts'
import { BlockingSocket, type Socket } from '../socket.ts'
import { AF_UNIX, SOCK_DGRAM } from '../sys/constants.ts'
import { EACCES, EADDRINUSE, EAGAIN, EINPROGRESS, EPERM, EPROTOTYPE } from '../sys/errno.ts'

/** Errors of connect(2) that only somebody who is there can cause. */
const SOMEBODY = [0, EAGAIN, EINPROGRESS, EPROTOTYPE, EPERM]

/** How old a path is, in milliseconds, whose server listens by now if it ever does. */
const YOUNG = 1000
/** How long to wait for others, in milliseconds, and how often. */
const MOMENT = 20
const MOMENTS = 50

type Holder = 'somebody' | 'nobody' | 'no socket' | 'not to be told'

const REASONS: Readonly<Record<Holder, string>> = {
  somebody: 'a server listens there',
  nobody:
    'nobody listens there, a server that is gone has left it behind: remove it, or let the server do so ' +
    '(static replaceStalePath = true)',
  'no socket': 'there is something else than a socket',
  'not to be told': 'whether anybody listens there cannot be told without permission to write to it',
}

/** Binds to a path, which may be that of a server that is gone if `replaces`. */
export function bindPath(socket: Socket<never>, path: string, replaces: boolean): void {
  try {
    socket.bind(path as never)
  } catch (error) {
    if (!(error instanceof OSError) || error.errno !== EADDRINUSE || !isPath(path)) throw error
    if (replaces) replace(socket, path)
    else throw inUse(path, holderOf(path, socket.type))
  }
}

/** Not an abstract name, which is gone with whoever had it. */
function isPath(path: unknown): path is string {
  return typeof path === 'string' && path !== '' && !path.startsWith('\0')
}

function inUse(path: string, holder: Holder): OSError {
  return osErrorBecause(-EADDRINUSE, 'bind', REASONS[holder], path)
}

function holderOf(path: string, type: number): Holder {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() === false) return 'no socket'
  using probe = new BlockingSocket(AF_UNIX, type)
  probe.settimeout(0)
  const errno = probe.connectEx(path)
  if (SOMEBODY.includes(errno)) return 'somebody'
  return errno === EACCES ? 'not to be told' : 'nobody'
}

function replace(socket: Socket<never>, path: string): void {
  using lock = new BlockingSocket(AF_UNIX, SOCK_DGRAM)
  if (!isLocked(lock, path)) throw inUse(path, 'somebody')
  let holder = holderOf(path, socket.type)
  const age = Date.now() - (lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0)
  if (holder === 'nobody' && age < YOUNG) {
    // Whoever has bound it this moment may be about to listen.
    waitAMoment()
    holder = holderOf(path, socket.type)
  }
  if (holder !== 'nobody') throw inUse(path, holder)
  unlinkSync(path)
  socket.bind(path as never)
}

// An abstract name has one owner, and is free again when that one is gone, however it went.
function isLocked(lock: BlockingSocket<typeof AF_UNIX>, path: string): boolean {
  const { dev, ino } = statSync(dirname(path))
  const name = Buffer.from(`\0berkeley.path.${dev}.${ino}.${basename(path)}`).subarray(0, 100)
  for (let moment = 0; moment < MOMENTS; moment++) {
    try {
      lock.bind(name)
      return true
    } catch (error) {
      if (!(error instanceof OSError) || error.errno !== EADDRINUSE) throw error
    }
    waitAMoment()
  }
  return false
}

function waitAMoment(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0, MOMENT)
}
