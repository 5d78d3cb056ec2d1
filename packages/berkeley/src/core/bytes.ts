// What may be sent, and what may be received into: every kind of byte holder becomes a Uint8Array over the same memory.
import * as types from 'node:util/types'
import { wrongType } from './errors.ts'

/** Bytes to send: text goes as UTF-8. */
export type Data = string | ArrayBufferView | ArrayBuffer | SharedArrayBuffer

/** Memory to receive into. */
export type WritableBytes = ArrayBufferView | ArrayBuffer | SharedArrayBuffer

const lengthGetter = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  'byteLength',
)!.get!

// The class of all Buffers, by which typed arrays make them (`subarray`); to call it takes half of the time.
const BufferView = (Buffer as unknown as { [Symbol.species]: BufferViewConstructor })[Symbol.species]
type BufferViewConstructor = new (memory: ArrayBufferLike, offset: number, length: number) => Buffer

/** A Buffer over `length` bytes of `memory`. */
export function viewOf(memory: ArrayBufferLike, offset: number, length: number): Buffer {
  return new BufferView(memory, offset, length)
}

/** How many bytes there are, whatever a subclass or an own property says. */
export function lengthOf(bytes: Uint8Array): number {
  return lengthGetter.call(bytes) as number
}

/** The bytes of `data`, sharing its memory. */
export function bytesOf(syscall: string, parameter: string, data: unknown): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data, 'utf8')
  return writableBytesOf(syscall, parameter, data, 'a string, a buffer or a view of one')
}

/** The memory of `buffer`, to be filled. */
export function writableBytesOf(
  syscall: string,
  parameter: string,
  buffer: unknown,
  must = 'a buffer or a view of one',
): Uint8Array {
  // The checks look at what the value is, and run none of its code: not instanceof, which a Proxy or a changed prototype
  // passes. Lengths are asked by lengthOf, and checked again where the memory is used (SLICE in native/addon.h).
  if (ArrayBuffer.isView(buffer)) {
    try {
      if (types.isUint8Array(buffer) && lengthOf(buffer) > 0) return buffer
      // A view whose memory was transferred away has length 0, as an honest empty view has; making another view tells.
      new Uint8Array(buffer.buffer, 0, 0)
      return types.isUint8Array(buffer)
        ? buffer
        : new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    } catch {
      throw detached(syscall, parameter)
    }
  }
  if (types.isAnyArrayBuffer(buffer)) {
    try {
      return new Uint8Array(buffer)
    } catch {
      throw detached(syscall, parameter)
    }
  }
  throw wrongType(syscall, parameter, must, buffer)
}

function detached(syscall: string, parameter: string): TypeError {
  return wrongType(syscall, parameter, 'a buffer that still has its memory', 'a detached one')
}
