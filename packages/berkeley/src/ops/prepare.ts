// What the user passes, checked once and made into a request: the front half of every waiting method.
// The table has Python's methods in api order; each checks in the order of its parameters.
import { algAssoclen, algIv, algOp } from '../core/ancillary/protocols.ts'
import { byteCount, int, integer, LARGEST_TRANSFER, list } from '../core/arguments.ts'
import type { Batch } from '../core/batch.ts'
import { bytesOf, type Data, lengthOf, type WritableBytes, writableBytesOf } from '../core/bytes.ts'
import { type AncillaryInput, encodeControl } from '../core/control.ts'
import { wrongType, wrongValue } from '../core/errors.ts'
import {
  ALG_SET_AEAD_ASSOCLEN,
  ALG_SET_IV,
  ALG_SET_OP,
  MSG_ERRQUEUE,
  MSG_WAITALL,
  SOCK_STREAM,
  SOL_ALG,
} from '../sys/constants.ts'
import * as attempts from './attempts.ts'
import * as batches from './batches.ts'
import { type File, FileTransfer } from './file-transfer.ts'
import type { Handle } from './handle.ts'
import * as messages from './messages.ts'
import type { MessageInput } from './outgoing.ts'
import { NOTHING, type Operation, Request } from './request.ts'
import { zerocopyCompletions } from './zerocopy.ts'

/** The last argument of a waiting method. */
export interface WaitOptions {
  /** As the parameter of the same name. */
  readonly flags?: number
  /** Ends the wait: the operation rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** What `sendmsgAfalg` takes. */
export interface AfalgMessage {
  /** The data, in pieces; none by default. */
  readonly msg?: Iterable<Data>
  /** `ALG_OP_ENCRYPT`, `ALG_OP_DECRYPT`, … */
  readonly op: number
  /** The initialisation vector. */
  readonly iv?: Data
  /** How many bytes at the beginning are only authenticated. */
  readonly assoclen?: number
  /** `MSG_MORE`, … */
  readonly flags?: number
  /** Ends the wait (promises only). */
  readonly signal?: AbortSignal | undefined
}

type FlagsArgument = number | WaitOptions | undefined

export const prepare = {
  connect: (_handle: Handle, address: unknown, options?: WaitOptions) =>
    takeOptions(addressed(attempts.connect, 'connect', address), options),

  connectEx: (_handle: Handle, address: unknown, options?: WaitOptions) =>
    takeOptions(addressed(attempts.connectEx, 'connectEx', address), options),

  recv(handle: Handle, bufsize: number, flags?: FlagsArgument, options?: WaitOptions) {
    const length = byteCount('recv', 'bufsize', bufsize)
    const request = takeFlags(new Request(attempts.recv, NOTHING, length), flags, options)
    return waitsForAll(handle, request) ? alike(attempts.recvAll, request) : request
  },

  recvInto(
    handle: Handle,
    buffer: WritableBytes,
    nbytes?: FlagsArgument,
    flags?: FlagsArgument,
    options?: WaitOptions,
  ) {
    const request = takeMemory(new Request(attempts.recvInto, NOTHING, 0), buffer, nbytes, flags, options)
    return waitsForAll(handle, request) ? alike(attempts.recvIntoAll, request) : request
  },

  recvfrom: (_handle: Handle, bufsize: number, flags?: FlagsArgument, options?: WaitOptions) =>
    takeFlags(
      new Request(attempts.recvfrom, NOTHING, byteCount('recvfrom', 'bufsize', bufsize)),
      flags,
      options,
    ),

  recvfromInto: (
    _handle: Handle,
    buffer: WritableBytes,
    nbytes?: FlagsArgument,
    flags?: FlagsArgument,
    options?: WaitOptions,
  ) => takeMemory(new Request(attempts.recvfromInto, NOTHING, 0), buffer, nbytes, flags, options),

  send: (_handle: Handle, data: Data, flags?: FlagsArgument, options?: WaitOptions) =>
    takeFlags(sending(attempts.send, data, LARGEST_TRANSFER), flags, options),

  sendall: (_handle: Handle, data: Data, flags?: FlagsArgument, options?: WaitOptions) =>
    takeFlags(sending(attempts.sendall, data, Number.POSITIVE_INFINITY), flags, options),

  /** `sendto(data, address)` or `sendto(data, flags, address)`. */
  sendto(
    _handle: Handle,
    data: Data,
    flagsOrAddress: unknown,
    addressOrOptions?: unknown,
    options?: WaitOptions,
  ) {
    const request = sending(attempts.sendto, data, LARGEST_TRANSFER)
    const flagsGiven = typeof flagsOrAddress === 'number'
    request.target = flagsGiven ? addressOrOptions : flagsOrAddress
    if (request.target === undefined || request.target === null) {
      throw wrongType('sendto', 'address', 'an address', request.target)
    }
    if (flagsGiven) request.flags = int('sendto', 'flags', flagsOrAddress)
    return takeOptions(request, flagsGiven ? options : (addressOrOptions as WaitOptions | undefined))
  },

  recvmsg(
    _handle: Handle,
    bufsize: number,
    ancbufsize?: FlagsArgument,
    flags?: FlagsArgument,
    options?: WaitOptions,
  ) {
    const request = new Request(messages.recvmsg, NOTHING, byteCount('recvmsg', 'bufsize', bufsize))
    return takeControlRoom(request, [], ancbufsize, flags, options)
  },

  recvmsgInto(
    _handle: Handle,
    buffers: Iterable<WritableBytes>,
    ancbufsize?: FlagsArgument,
    flags?: FlagsArgument,
    options?: WaitOptions,
  ) {
    const request = new Request(messages.recvmsgInto, NOTHING, 0)
    const pieces = list('recvmsgInto', 'buffers', 'a list of buffers', buffers).map((buffer) =>
      writableBytesOf('recvmsgInto', 'buffers', buffer),
    )
    request.length = messages.totalOf(pieces)
    return takeControlRoom(request, pieces.length > 0 ? pieces : [NOTHING], ancbufsize, flags, options)
  },

  sendmsg(
    _handle: Handle,
    buffers: Iterable<Data>,
    ancdata: Iterable<AncillaryInput> | undefined,
    flags?: FlagsArgument,
    address?: unknown,
    options?: WaitOptions,
  ) {
    const pieces = list('sendmsg', 'buffers', 'a list of buffers', buffers).map((data) =>
      bytesOf('sendmsg', 'buffers', data),
    )
    return sendingMessage(
      messages.sendmsg,
      pieces,
      encodeControl(ancdata ?? [], 'sendmsg'),
      flags,
      address,
      options,
    )
  },

  /** For AF_ALG: what is to be done goes as control messages. */
  sendmsgAfalg(_handle: Handle, message: AfalgMessage) {
    if (typeof message !== 'object' || message === null) {
      throw wrongType('sendmsgAfalg', 'message', 'an object with op', message)
    }
    const { msg = [], op, iv, assoclen, flags = 0, signal } = message
    const pieces = list('sendmsgAfalg', 'msg', 'a list of buffers', msg).map((data) =>
      bytesOf('sendmsgAfalg', 'msg', data),
    )
    const control: AncillaryInput[] = [[SOL_ALG, ALG_SET_OP, algOp.encode(uint32('op', op))]]
    if (iv !== undefined) {
      control.push([SOL_ALG, ALG_SET_IV, algIv.encode(bytesOf('sendmsgAfalg', 'iv', iv))])
    }
    if (assoclen !== undefined) {
      control.push([SOL_ALG, ALG_SET_AEAD_ASSOCLEN, algAssoclen.encode(uint32('assoclen', assoclen))])
    }
    return sendingMessage(
      messages.sendmsgAfalg,
      pieces,
      encodeControl(control, 'sendmsgAfalg'),
      flags,
      null,
      { signal },
    )
  },

  recvmmsg(
    _handle: Handle,
    vlen: number,
    bufsize: number,
    flags?: FlagsArgument,
    ancbufsize?: FlagsArgument,
    options?: WaitOptions,
  ) {
    const request = new Request(batches.recvmmsg, NOTHING, 0)
    const room = isOptions(ancbufsize) ? undefined : ancbufsize
    request.target = batches.wanted(vlen, bufsize, room)
    if (isOptions(flags)) return takeLast(request, flags, ancbufsize, options)
    return isOptions(ancbufsize)
      ? takeLast(takeFlags(request, flags, undefined), ancbufsize, options)
      : takeFlags(request, flags, options)
  },

  recvmmsgInto(_handle: Handle, batch: Batch<unknown>, flags?: FlagsArgument, options?: WaitOptions) {
    const request = new Request(batches.recvmmsgInto, NOTHING, 0)
    request.target = batches.batchOf('recvmmsgInto', batch)
    return takeFlags(request, flags, options)
  },

  sendmmsg(
    handle: Handle,
    messages: Iterable<MessageInput> | Batch<unknown>,
    flags?: FlagsArgument,
    options?: WaitOptions,
  ) {
    const request = new Request(batches.sendmmsg, NOTHING, 0)
    request.target = batches.outgoing(handle, messages)
    return takeFlags(request, flags, options)
  },

  sendfile(
    handle: Handle,
    file: File,
    offset?: number | WaitOptions,
    count?: number | null | WaitOptions,
    options?: WaitOptions,
  ) {
    if (handle.type !== SOCK_STREAM)
      throw wrongValue('sendfile', 'socket', 'of type SOCK_STREAM', handle.type)
    if (handle.timeout === 0)
      throw wrongValue('sendfile', 'socket', 'one that may wait', 'a non-blocking one')
    const fd = typeof file === 'object' && file !== null ? file.fd : file
    if (typeof fd !== 'number') throw wrongType('sendfile', 'file', 'a FileHandle or a descriptor', file)
    integer('sendfile', 'file', fd, 0, 2 ** 31 - 1)
    const given: unknown[] = [offset, count, options]
    const at = given.findIndex((value) => typeof value === 'object' && value !== null)
    const [start, most] = at < 0 ? given : given.slice(0, at)
    const request = new Request(attempts.sendfile, NOTHING, 0)
    request.target = new FileTransfer(
      file,
      integer('sendfile', 'offset', start ?? 0, 0, Number.MAX_SAFE_INTEGER),
      most === undefined || most === null
        ? Number.POSITIVE_INFINITY
        : integer('sendfile', 'count', most, 1, Number.MAX_SAFE_INTEGER),
    )
    return at < 0
      ? takeOptions(request, options)
      : takeLast(request, given[at] as WaitOptions, ...given.slice(at + 1))
  },
}

/** Not in the table, since what it makes is a socket of the caller's own form. */
export function prepareAccept(
  adopt: (accepted: Handle, listening: Handle) => unknown,
  options?: WaitOptions,
) {
  const request = new Request(attempts.accept, NOTHING, 0)
  request.target = adopt
  return takeOptions(request, options)
}

/** Not in the table, since it is no method. */
export function prepareCompletions(options?: WaitOptions) {
  const request = takeOptions(new Request(zerocopyCompletions, NOTHING, 0), options)
  request.flags |= MSG_ERRQUEUE
  return request
}

/** The arguments `(ancbufsize, flags)` of the methods that receive messages. */
function takeControlRoom<Result>(
  request: Request<Result>,
  pieces: Uint8Array[],
  ancbufsize: FlagsArgument,
  flags: FlagsArgument,
  options: WaitOptions | undefined,
): Request<Result> {
  const given = typeof ancbufsize === 'object' ? 0 : (ancbufsize ?? 0)
  const controlRoom = integer(request.operation.name, 'ancbufsize', given, 0, LARGEST_TRANSFER)
  request.message = { pieces, control: NOTHING, controlRoom }
  return typeof ancbufsize === 'object'
    ? takeLast(request, ancbufsize, flags, options)
    : takeFlags(request, flags, options)
}

function sendingMessage(
  operation: Operation<number>,
  pieces: Uint8Array[],
  control: Uint8Array,
  flags: FlagsArgument,
  address: unknown,
  options: WaitOptions | undefined,
): Request<number> {
  const request = new Request(operation, NOTHING, messages.totalOf(pieces))
  request.message = { pieces, control, controlRoom: 0 }
  request.target = address ?? null
  return takeFlags(request, flags, options)
}

function uint32(parameter: string, value: unknown): number {
  return integer('sendmsgAfalg', parameter, value, 0, 0xffffffff)
}

function addressed<Result>(operation: Request<Result>['operation'], name: string, address: unknown) {
  if (address === undefined || address === null) throw wrongType(name, 'address', 'an address', address)
  const request = new Request(operation, NOTHING, 0)
  request.target = address
  return request
}

function sending<Result>(operation: Request<Result>['operation'], data: Data, most: number): Request<Result> {
  const bytes = bytesOf(operation.name, 'data', data)
  return new Request(operation, bytes, Math.min(lengthOf(bytes), most))
}

/** The arguments `(buffer, nbytes, flags)` of the methods that receive into memory. */
function takeMemory<Result>(
  request: Request<Result>,
  buffer: unknown,
  nbytes: FlagsArgument,
  flags: FlagsArgument,
  options: WaitOptions | undefined,
): Request<Result> {
  const { name } = request.operation
  request.bytes = writableBytesOf(name, 'buffer', buffer)
  const room = lengthOf(request.bytes)
  const given = typeof nbytes === 'object' ? undefined : nbytes
  const count = given === undefined ? 0 : byteCount(name, 'nbytes', given)
  if (count > room) throw wrongValue(name, 'nbytes', `at most the buffer's ${room} bytes`, count)
  request.length = Math.min(count === 0 ? room : count, LARGEST_TRANSFER)
  return typeof nbytes === 'object'
    ? takeLast(request, nbytes, flags, options)
    : takeFlags(request, flags, options)
}

/** Flags, or options in their place, or both. */
function takeFlags<Result>(
  request: Request<Result>,
  flags: FlagsArgument,
  options: WaitOptions | undefined,
): Request<Result> {
  if (flags === undefined && options === undefined) return request
  if (typeof flags === 'object') return takeLast(request, flags, options)
  if (flags !== undefined) request.flags = int(request.operation.name, 'flags', flags)
  return takeOptions(request, options)
}

/** Options in the place of another argument: then there must be none after them, which would be ignored. */
function takeLast<Result>(
  request: Request<Result>,
  options: WaitOptions,
  ...later: readonly unknown[]
): Request<Result> {
  const further = later.find((value) => value !== undefined)
  if (further !== undefined) throw wrongType(request.operation.name, 'options', 'the last argument', options)
  return takeOptions(request, options)
}

function isOptions(value: unknown): value is WaitOptions {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)
}

function takeOptions<Result>(request: Request<Result>, options: WaitOptions | undefined): Request<Result> {
  if (options === undefined) return request
  const { name } = request.operation
  if (!isOptions(options)) {
    throw wrongType(name, 'options', 'an object with flags or signal', options)
  }
  const { flags, signal } = options
  if (flags !== undefined) request.flags = int(name, 'flags', flags)
  if (signal === undefined) return request
  if (!(signal instanceof AbortSignal)) throw wrongType(name, 'signal', 'an AbortSignal', signal)
  request.signal = signal
  return request
}

function waitsForAll(handle: Handle, request: { readonly flags: number }): boolean {
  return (request.flags & MSG_WAITALL) !== 0 && handle.type === SOCK_STREAM
}

function alike<Result>(operation: Request<Result>['operation'], request: Request<Result>): Request<Result> {
  const other = new Request(operation, request.bytes, request.length)
  other.flags = request.flags
  other.signal = request.signal
  return other
}
