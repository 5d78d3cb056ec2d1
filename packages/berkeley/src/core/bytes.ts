// What may be sent, and what may be received into: every kind of byte holder becomes a Uint8Array over the same memory.
import { types } from 'node:util'
import { wrongType } from './errors.ts'

/** Bytes to send: text goes as UTF-8. */
export type Data = string | ArrayBufferView | ArrayBuffer | SharedArrayBuffer

/** Memory to receive into. */
export type WritableBytes = ArrayBufferView | ArrayBuffer | SharedArrayBuffer

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
  // isView, not instanceof: a Proxy of a Uint8Array is an instance too, but has no memory.
  if (ArrayBuffer.isView(buffer)) {
    if (buffer.byteLength === 0) mustBeAttached(syscall, parameter, buffer)
    if (buffer instanceof Uint8Array) return buffer
    return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
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

// A view whose memory was transferred away has length 0, as an honest empty view has; making another view tells.
function mustBeAttached(syscall: string, parameter: string, view: ArrayBufferView): void {
  try {
    new Uint8Array(view.buffer, 0, 0)
  } catch {
    throw detached(syscall, parameter)
  }
}

function detached(syscall: string, parameter: string): TypeError {
  return wrongType(syscall, parameter, 'a buffer that still has its memory', 'a detached one')
}
