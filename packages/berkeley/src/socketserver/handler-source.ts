// What a server is given as its handler: a class, or where to find one. Only the latter can cross to other threads and
// processes.
import { isProxy } from 'node:util/types'
import { wrongType, wrongValue } from '../core/errors.ts'
import { checkAttributes } from './attributes.ts'
import type { Handler } from './running.ts'

/** A class of request handlers, or a function that makes one. */
export type RequestHandlerClass = new (request: never, clientAddress: never, server: never) => Handler

/**
 * A class of request handlers, or the module that exports one: `new URL('./echo.js#EchoHandler', import.meta.url)`;
 * without a `#` part, its default export.
 */
export type RequestHandlerSource = RequestHandlerClass | URL

export function checkSource(name: string, source: unknown): RequestHandlerSource {
  if (source instanceof URL) return source
  if (typeof source === 'function' && !isProxy(source)) return source as unknown as RequestHandlerClass
  throw wrongType(name, 'RequestHandlerClass', 'a class of request handlers, or the URL of one', source)
}

/** Refuses what cannot be sent to another thread or process, and says what can. */
export function mustBeUrl(name: string, source: unknown, where: string): URL {
  if (source instanceof URL) return source
  if (typeof source !== 'function')
    throw wrongType(
      name,
      'RequestHandlerClass',
      "a URL, new URL('./module.js#Handler', import.meta.url)",
      source,
    )
  const given = source.name === '' ? 'Handler' : source.name
  const message =
    `${name}(): RequestHandlerClass must be a URL, since a class cannot cross to another ${where}: export the class ` +
    `from a module and pass new URL('./module.js#${given}', import.meta.url)`
  throw Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_TYPE' })
}

/** The class, imported if need be. */
export async function loadHandler(source: RequestHandlerSource): Promise<RequestHandlerClass> {
  if (!(source instanceof URL)) return checkHandler(source)
  const name = source.hash === '' ? 'default' : decodeURIComponent(source.hash.slice(1))
  const url = new URL(source)
  url.hash = ''
  let exported: Record<string, unknown>
  try {
    exported = await import(url.href)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`the module of the request handler, ${url.href}, could not be imported: ${reason}`, {
      cause,
    })
  }
  const found = exported[name]
  if (typeof found === 'function') return checkHandler(found as unknown as RequestHandlerClass)
  throw wrongValue('loadHandler', 'RequestHandlerClass', `a class that ${url.href} exports`, name)
}

function checkHandler(handler: RequestHandlerClass): RequestHandlerClass {
  if (handler.prototype !== undefined) checkAttributes(handler.name || 'handler', handler.prototype)
  return handler
}

const isClass = (value: object): boolean => /^class\b/.test(Function.prototype.toString.call(value))

/** An instance for one request. A function that is no class may return one, as functools.partial does in Python. */
export function makeHandler(
  source: RequestHandlerClass,
  request: unknown,
  address: unknown,
  server: unknown,
): Handler {
  if (!isClass(source) && source.prototype === undefined) {
    const make = source as unknown as (request: unknown, address: unknown, server: unknown) => Handler
    return make(request, address, server)
  }
  return new source(request as never, address as never, server as never)
}
