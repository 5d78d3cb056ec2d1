// What a server and its workers say to each other, over a SOCK_SEQPACKET pair for each worker: as JSON or in V8's own
// encoding. Requests, and reports of them, go several in a message; connections go beside it (SCM_RIGHTS), in its order.
import { deserialize, serialize } from 'node:v8'
import { OSError } from '../../core/error-classes.ts'
import { osError } from '../../core/errors.ts'
import { errorNames } from '../../sys/error-texts.ts'
import type { ServerStats } from '../stats.ts'
import type { Job } from './job.ts'

/** The first message to a worker. With it goes the server's socket, if requests are datagrams. */
export interface Beginning {
  /** The module of the handler and its export. */
  readonly handler: string
  /** Of the requests' sockets. */
  readonly family: number
  readonly type: number
  readonly proto: number
  readonly serverAddress: unknown
  /** Of a worker that has a socket of its own at the server's address, which comes with this. */
  readonly acceptor?: AcceptorSettings
}

/** How such a worker accepts. */
export interface AcceptorSettings {
  readonly maxRequests: number
  readonly proxyProtocol: readonly string[] | null
  readonly proxyTimeout: number | null
  /** Where requests are datagrams. */
  readonly maxPacketSize?: number
}

/** What such a worker has done, and is doing. */
export type Counts = Omit<ServerStats, 'queued' | 'workers'>

/** What such a worker tells. */
export type News =
  | { readonly counts: Counts }
  | { readonly failure: ErrorRecord; readonly clientAddress: unknown }

/** A request, to a worker; beside it goes the connection, if it is one. */
export type Order = readonly [id: number, clientAddress: unknown, packet?: Buffer]

/** The most requests in a message: what goes beside it must find room, also in a worker's table of descriptors. */
export const MOST_ORDERS = 32
/** The longest packet beside which another one goes in the same message. */
const SMALL_PACKET = 1024
/** How long a message of requests can be: as many addresses, each with its number, or the longest of datagrams. */
export const LONGEST_ORDERS = { connections: MOST_ORDERS * 1024, datagrams: 65_536 + 1024 }

/** As many from the beginning of the list as go into one message. */
export function ordersIn(jobs: readonly Job[]): readonly Job[] {
  if (jobs.length === 1) return jobs
  const first = jobs.findIndex(({ order }) => (order[2]?.length ?? 0) > SMALL_PACKET)
  const most = first < 0 ? MOST_ORDERS : Math.min(MOST_ORDERS, Math.max(1, first))
  return jobs.slice(0, most)
}

/** Asks a shared worker whether it still gets round to anything. */
export const ARE_YOU_THERE = 0

/** A worker's first message: it is ready, or never will be. */
export type Readiness =
  | { readonly blocking: boolean; readonly maxRequestTime: number | null }
  | { readonly error: ErrorRecord }

/** A request is over. */
export type Report = readonly [id: number, received: number, sent: number, error: ErrorRecord | null]

/** An error on its way. */
export interface ErrorRecord {
  readonly name: string
  readonly message: string
  readonly stack: string
  readonly errno?: number
  readonly syscall?: string
  readonly code?: string
}

/** What every encoding of V8's begins with; no JSON does. */
const V8 = 0xff

/** Most messages are numbers and short strings, for which JSON takes a fifth of the time. */
export function encode(
  message: Beginning | readonly Order[] | Readiness | readonly Report[] | News | typeof ARE_YOU_THERE,
): Buffer {
  const isPlain = typeof message === 'number' || (Array.isArray(message) && message.every(isPlainRow))
  return isPlain ? Buffer.from(JSON.stringify(message)) : serialize(message)
}

export function decode<Message>(bytes: Buffer): Message {
  return (bytes[0] === V8 ? deserialize(bytes) : JSON.parse(bytes.toString())) as Message
}

function isPlainRow(row: readonly unknown[]): boolean {
  return row.every(isPlainPart)
}

function isPlainPart(part: unknown): boolean {
  if (part === null || typeof part === 'number' || typeof part === 'string') return true
  return Array.isArray(part) && part.every((inner) => typeof inner === 'number' || typeof inner === 'string')
}

/** As much of each part of an error as is sent, so that all of it finds room: a letter may take two bytes. */
const ENOUGH = 12_000
/** How long a report can be. */
export const LONGEST_REPORT = 65_536

export function recordOf(error: unknown): ErrorRecord {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error).slice(0, ENOUGH), stack: '' }
  const { name, message, stack = '' } = error
  const { errno, syscall, code } = error as { errno?: unknown; syscall?: unknown; code?: unknown }
  const short = (value: string): string => value.slice(0, 200)
  return {
    name: short(`${name}`),
    message: `${message}`.slice(0, ENOUGH),
    stack: `${stack}`.slice(0, ENOUGH),
    ...(typeof errno === 'number' ? { errno } : {}),
    ...(typeof syscall === 'string' ? { syscall: short(syscall) } : {}),
    ...(typeof code === 'string' ? { code: short(code) } : {}),
  }
}

/** The error as the other side had it: of the same class if it is one of ours, otherwise of the same name. */
export function errorOf({ name, message, stack, errno, syscall, code }: ErrorRecord): Error {
  const isOurs = errno !== undefined && errno > 0 && code === errorNames[errno]
  const error = isOurs ? osError(-errno, syscall ?? name) : new Error(message)
  const properties = {
    message,
    stack,
    ...(isOurs || errno === undefined ? {} : { errno }),
    ...(isOurs || code === undefined ? {} : { code }),
    ...(isOurs || syscall === undefined ? {} : { syscall }),
  }
  for (const [key, value] of Object.entries(properties)) {
    Object.defineProperty(error, key, { value, writable: true, configurable: true })
  }
  if (!(error instanceof OSError)) {
    Object.defineProperty(error, 'name', { value: name, writable: true, configurable: true })
  }
  return error
}
