// The worlds in which every suite runs: {async, blocking} × {inet, inet6, unix path, unix abstract, socketpair} ×
// {stream, datagram, seqpacket}. A suite never says which form it is in: it lets the world call.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Address,
  AF_INET,
  AF_INET6,
  AF_UNIX,
  type Data,
  SOCK_DGRAM,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  Socket,
  socketpair,
  type WaitingMethods,
} from 'berkeley'
import { beginOnThread } from './blocking-threads.ts'
import { type Form, forms, type Library } from './forms.ts'
import type { Scope } from './scope.ts'

type Methods = WaitingMethods<number, 'async'>
export type Method = keyof Methods

/** A socket of either form, without what the forms differ in. */
export type AnySocket = Omit<Socket<number>, Method | 'makefile' | typeof Symbol.asyncIterator>

// Overloads are lost in a mapped type.
type Arguments<Name extends Method> = Name extends 'sendto'
  ? [data: Data, ...rest: unknown[]]
  : Parameters<Methods[Name]>
type Result<Name extends Method> = Name extends 'accept'
  ? [AnySocket, Address]
  : Awaited<ReturnType<Methods[Name]>>

/** An operation under way. */
export interface Pending<Value> {
  /** Resolves once it is certain that the operation has to wait; rejects if it did not have to. */
  readonly waiting: Promise<void>
  readonly result: Promise<Value>
}

/** What is possible in a world; a suite asks this, never for the family or the form. */
export interface Abilities {
  /** Bytes without borders. */
  readonly stream: boolean
  /** Messages, each from whoever sends one: SOCK_DGRAM. */
  readonly datagram: boolean
  /** Connections to a listening socket, of bytes or of messages. */
  readonly connection: boolean
  /** Sockets have addresses. */
  readonly name: boolean
  /** IPv4 or IPv6. */
  readonly internet: boolean
  /** A sender has to wait when the receiver does not read. */
  readonly fill: boolean
  /** One thread can have several operations under way: promises. */
  readonly overlap: boolean
}

export interface World {
  readonly name: string
  readonly form: Form['name']
  readonly family: number
  readonly type: number
  readonly can: Abilities
  /** The module of this world's form. */
  readonly library: Library
  /** An address that is free, to bind to. */
  freeAddress(): Address
  open(t: Scope): AnySocket
  bound(t: Scope): AnySocket
  listening(t: Scope, backlog?: number): AnySocket
  /** Two sockets, connected with each other. */
  pair(t: Scope): Promise<[AnySocket, AnySocket]>
  /** Performs an operation, which may wait. */
  call<Name extends Method>(socket: AnySocket, name: Name, ...args: Arguments<Name>): Promise<Result<Name>>
  /** Begins an operation that has to wait. */
  begin<Name extends Method>(socket: AnySocket, name: Name, ...args: Arguments<Name>): Pending<Result<Name>>
}

/** Closes the socket at the end of the test. */
export function closing<Any extends { close(): void }>(t: Scope, socket: Any): Any {
  t.after(() => socket.close())
  return socket
}

// ---- how the forms make their calls ---------------------------------------------------------------------------------

type Begin = (socket: AnySocket, name: string, args: readonly unknown[]) => Pending<unknown>
type Callable = Record<string, (...args: unknown[]) => unknown>

function beginAsync(socket: AnySocket, name: string, args: readonly unknown[]): Pending<unknown> {
  const result = (socket as unknown as Callable)[name]!(...args) as Promise<unknown>
  let settled = false
  const settle = (): void => {
    settled = true
  }
  result.then(settle, settle)
  // The first attempt is made in the call itself: what does not wait has ended when all that is due now has been run.
  const waiting = new Promise<void>(process.nextTick).then(() => {
    if (settled) throw new Error(`${name} did not have to wait`)
  })
  waiting.catch(() => {})
  return { waiting, result }
}

function beginBlocking(socket: AnySocket, name: string, args: readonly unknown[]): Pending<unknown> {
  if (socket.timeout !== 0 && socket.fileno() >= 0) return beginOnThread(socket, name, args)
  const result = (async () => (socket as unknown as Callable)[name]!(...args))()
  const waiting = Promise.reject(new Error('a socket that is non-blocking or closed never waits'))
  waiting.catch(() => {})
  return { waiting, result }
}

// ---- addresses ------------------------------------------------------------------------------------------------------

const directory = mkdtempSync(join(tmpdir(), 'berkeley-'))
process.on('exit', () => rmSync(directory, { recursive: true }))
let names = 0

/** A name in a directory of this process that nobody has used. */
export function freePath(): string {
  return join(directory, String(++names))
}

interface Place {
  readonly name: string
  readonly family: number
  /** `null` where sockets have no names. */
  readonly freeAddress: (() => Address) | null
}

const places: readonly Place[] = [
  { name: 'inet', family: AF_INET, freeAddress: () => ['127.0.0.1', 0] },
  { name: 'inet6', family: AF_INET6, freeAddress: () => ['::1', 0] },
  { name: 'unix path', family: AF_UNIX, freeAddress: freePath },
  // The kernel chooses an abstract name for who binds to none.
  { name: 'unix abstract', family: AF_UNIX, freeAddress: () => '' },
  { name: 'socketpair', family: AF_UNIX, freeAddress: null },
]

const typeNames: Readonly<Record<number, string>> = {
  [SOCK_STREAM]: 'stream',
  [SOCK_DGRAM]: 'datagram',
  [SOCK_SEQPACKET]: 'seqpacket',
}

// ---- the worlds -----------------------------------------------------------------------------------------------------

function makeWorld({ name: form, library }: Form, place: Place, type: number): World {
  const { family } = place
  const begin: Begin = form === 'async' ? beginAsync : beginBlocking
  const internet = family !== AF_UNIX

  const freeAddress = (): Address => {
    if (place.freeAddress === null) throw new Error('sockets have no names here')
    return place.freeAddress()
  }
  const open = (t: Scope) => closing(t, new library.Socket<number>(family, type))
  const bound = (t: Scope) => {
    const socket = open(t)
    socket.bind(freeAddress())
    return socket
  }
  const listening = (t: Scope, backlog?: number) => {
    const socket = bound(t)
    socket.listen(backlog)
    return socket
  }

  // These wait for nothing but the kernel, so the blocking form may call them on the test's own thread.
  async function pair(t: Scope): Promise<[AnySocket, AnySocket]> {
    if (place.freeAddress === null) {
      const [left, right] = library.socketpair(family, type)
      return [closing(t, left), closing(t, right)]
    }
    const left = internet && type === SOCK_STREAM ? open(t) : bound(t)
    if (type === SOCK_DGRAM) {
      const right = bound(t)
      await left.connect(right.getsockname() as Address)
      await right.connect(left.getsockname() as Address)
      return [left, right]
    }
    const server = listening(t)
    await left.connect(server.getsockname() as Address)
    const [right] = await server.accept()
    server.close()
    return [left, closing(t, right)]
  }

  return {
    name: `${form} ${place.name} ${typeNames[type]}`,
    form,
    family,
    type,
    library,
    can: {
      stream: type === SOCK_STREAM,
      datagram: type === SOCK_DGRAM,
      connection: type !== SOCK_DGRAM && place.freeAddress !== null,
      name: place.freeAddress !== null,
      internet,
      fill: type !== SOCK_DGRAM || !internet,
      overlap: form === 'async',
    },
    freeAddress,
    open,
    bound,
    listening,
    pair,
    call: (socket, name, ...args) => begin(socket, name, args).result as Promise<never>,
    begin: (socket, name, ...args) => begin(socket, name, args) as Pending<never>,
  }
}

function isPossible({ family, freeAddress }: Place): boolean {
  if (family !== AF_INET6) return true
  try {
    using socket = new Socket<number>(family)
    socket.bind(freeAddress!())
    return true
  } catch {
    return false
  }
}

function typesOf(place: Place): readonly number[] {
  return place.family === AF_UNIX ? [SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET] : [SOCK_STREAM, SOCK_DGRAM]
}

/** Every world that this machine has. */
export const worlds: readonly World[] = forms.flatMap((form) =>
  places.filter(isPossible).flatMap((place) => typesOf(place).map((type) => makeWorld(form, place, type))),
)

/** Opens what a form opens at its first wait, so that no test seems to leave it open. */
export async function warmUp(): Promise<void> {
  const [left, right] = socketpair()
  const reading = left.recv(1)
  await right.send('.')
  await reading
  left.close()
  right.close()
}
