// What the mixins have in common, as types: a class goes in, and a class with more to it comes out.
import type { AddressOf } from '../core/address/index.ts'
import { wrongType } from '../core/errors.ts'
import type { Socket } from '../socket.ts'
import type { AF_INET } from '../sys/constants.ts'
import { BaseServer } from './base-server.ts'
import type { RequestHandlerSource } from './handler-source.ts'
import type { TCPServer, UDPServer } from './tcp-server.ts'

/** A class of servers. */
// biome-ignore lint/suspicious/noExplicitAny: TypeScript wants exactly this of a class that is mixed into
export type ServerClass = new (...args: any[]) => BaseServer<any, any>

/** Throws if `Base` is no class of servers. */
export function checkBase(name: string, Base: unknown): void {
  const isServer = typeof Base === 'function' && Base.prototype instanceof BaseServer
  if (!isServer && Base !== BaseServer) throw wrongType(name, 'Base', 'a class of servers', Base)
}

/** The class `Base` with the instance attributes `Own` and the class attributes `Statics`. */
export type Mixed<Base extends ServerClass, Own, Statics> = Constructor<Base, Own> &
  Omit<Base, 'prototype' | keyof Statics> &
  Statics

// Inferring from a generic class would make its address family a mere number.
type Constructor<Base extends ServerClass, Own> =
  IsSame<Base, typeof TCPServer> extends true
    ? new <Family extends number = typeof AF_INET>(
        ...args: Arguments<Family>
      ) => TCPServer<Family> & Own
    : IsSame<Base, typeof UDPServer> extends true
      ? new <Family extends number = typeof AF_INET>(
          ...args: Arguments<Family>
        ) => UDPServer<Family> & Own
      : new (
          ...args: ConstructorParameters<Base>
        ) => InstanceType<Base> & Own

type IsSame<A, B> = [A, B] extends [B, A] ? true : false

type Arguments<Family extends number> = [
  serverAddress: AddressOf<Family> | Socket<Family>,
  RequestHandlerClass: RequestHandlerSource,
  bindAndActivate?: boolean,
]
