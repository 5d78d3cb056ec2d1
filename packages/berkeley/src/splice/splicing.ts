// The arguments of splice, checked once for both forms.
import { HANDLE, handleOf } from '../base-socket.ts'
import { integer } from '../core/arguments.ts'
import { osError, wrongType, wrongValue } from '../core/errors.ts'
import type { File } from '../ops/file-transfer.ts'
import { Handle } from '../ops/handle.ts'
import { type End, type SpliceProgress, Splicing } from '../ops/splicing.ts'
import { SO_TYPE, SOCK_STREAM, SOL_SOCKET } from '../sys/constants.ts'
import { native } from '../sys/native.ts'

/** What `splice` takes besides its ends. */
export interface SpliceOptions {
  /** How many bytes at most, at least 1; `null` (the default) for all up to the end of the source. */
  readonly count?: number | null | undefined
  /** Where it writes how far it has come: after every piece that the target took, at most 1 MiB. */
  readonly progress?: SpliceProgress | undefined
  /** Ends the splice with the signal's reason (promises only). */
  readonly signal?: AbortSignal | undefined
}

const LARGEST_DESCRIPTOR = 2 ** 31 - 1

export function prepareSplice(source: unknown, target: unknown, options: SpliceOptions): Splicing {
  const ends: End[] = []
  try {
    ends.push(endOf('source', source), endOf('target', target))
    if (!ends.some(({ isSocket }) => isSocket))
      throw wrongType('splice', 'target', 'a Socket, if source is none', target)
    const { count, progress } = options
    const most =
      count === undefined || count === null
        ? Number.POSITIVE_INFINITY
        : integer('splice', 'count', count, 1, Number.MAX_SAFE_INTEGER)
    if (progress !== undefined) begin(progress)
    return new Splicing(ends[0]!, ends[1]!, most, progress ?? null)
  } catch (error) {
    for (const { handle, isSocket } of ends) if (!isSocket) native.close(handle.fd)
    throw error
  }
}

export function signalOf({ signal }: SpliceOptions): AbortSignal | null {
  if (signal === undefined) return null
  if (!(signal instanceof AbortSignal)) throw wrongType('splice', 'signal', 'an AbortSignal', signal)
  return signal
}

export function optionsOf(options: unknown): SpliceOptions {
  if (options === undefined) return {}
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw wrongType('splice', 'options', 'an object with count, progress or signal', options)
  return options
}

function begin(progress: SpliceProgress): void {
  if (typeof progress !== 'object' || progress === null)
    throw wrongType('splice', 'progress', 'an object', progress)
  progress.moved = 0
  progress.leftover = undefined
}

function endOf(parameter: string, value: unknown): End {
  if (typeof value === 'object' && value !== null && HANDLE in value) {
    const handle = handleOf('splice', value)
    if (handle.type !== SOCK_STREAM) throw wrongValue('splice', parameter, 'of type SOCK_STREAM', handle.type)
    if (handle.timeout === 0)
      throw wrongValue('splice', parameter, 'a socket that may wait', 'a non-blocking one')
    return { handle, isSocket: true, turn: false }
  }
  return { handle: duplicate(parameter, value), isSocket: false, turn: false }
}

/** A descriptor of our own: the caller's may be closed while we wait, and its number become someone else's. */
function duplicate(parameter: string, value: unknown): Handle {
  const fd = typeof value === 'object' && value !== null ? (value as File & object).fd : value
  if (typeof fd !== 'number')
    throw wrongType('splice', parameter, 'a Socket, a FileHandle or a descriptor', value)
  integer('splice', parameter, fd, 0, LARGEST_DESCRIPTOR)
  if (native.getsockopt_int(fd, SOL_SOCKET, SO_TYPE) >= 0)
    throw wrongValue('splice', parameter, 'a Socket (fromfd makes one of a descriptor)', fd)
  const copy = native.dup(fd, 1)
  if (copy < 0) throw osError(copy, 'splice')
  return new Handle(copy, { family: 0, type: 0, proto: 0 })
}
