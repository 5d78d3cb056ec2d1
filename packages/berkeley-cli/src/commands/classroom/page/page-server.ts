// The page's server: the page itself, the events it follows, the class to take away, and a wish for another scan.
// Rule: read by whoever can reach it, but only under the name it is reached by: on a loopback address a page of somebody
//       else, whose name was made to lead here, gets nothing; and only our own page can ask for a scan.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { formatJson } from '../report-json.ts'
import { enrol } from '../roster.ts'
import { rankPairs } from '../similarity.ts'
import type { LiveClass, Watcher } from './live-class.ts'
import { makePage } from './page-html.ts'
import { viewCompleteClass } from './view-of-class.ts'

export interface PageServerOptions {
  readonly pairs: number
  /** Whether only this machine can reach it. */
  readonly isLocal: boolean
}

type Route = (response: ServerResponse, request: IncomingMessage) => void

const HEARTBEAT_MILLISECONDS = 15_000
const LOCAL_NAMES = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/

export function answerWith(live: LiveClass, { pairs, isLocal }: PageServerOptions): RequestListener {
  const get: Readonly<Record<string, Route>> = {
    '/': (response) => {
      const { html, policy } = makePage(live.view(), { live: true })
      send(response, 'text/html', html, { 'content-security-policy': `${policy}; frame-ancestors 'none'` })
    },
    '/events': (response, request) => follow(live, response, request),
    '/report.html': (response) => {
      const { html } = makePage(viewCompleteClass(live.candidates, pairs, new Date()), { live: false })
      send(response, 'text/html', html, { 'content-disposition': 'attachment; filename="class.html"' })
    },
    '/records.json': (response) => {
      const roster = enrol(live.candidates)
      const students = roster.members.map(({ student }) => student)
      send(response, 'application/json', formatJson(roster, rankPairs(students, pairs)), {
        'content-disposition': 'attachment; filename="class.json"',
      })
    },
  }
  const post: Readonly<Record<string, Route>> = {
    '/scan': (response, request) => {
      if (!isOwnPage(request)) return refuse(response, 403, 'only the page itself may ask for a scan')
      if (!live.want()) return refuse(response, 409, 'a scan is under way')
      response.writeHead(202).end()
    },
  }
  return (request, response) => {
    const { method, url, headers } = request
    if (isLocal && headers.host !== undefined && !LOCAL_NAMES.test(headers.host))
      return refuse(response, 421, 'this server is reached by a loopback address only')
    const path = url?.split('?')[0] ?? '/'
    const reads = method === 'GET' || method === 'HEAD'
    const route = reads ? get[path] : method === 'POST' ? post[path] : undefined
    if (route !== undefined) return route(response, request)
    refuse(response, path in get || path in post ? 405 : 404, `${method} is not for here`)
  }
}

function send(response: ServerResponse, type: string, body: string, headers: Record<string, string>): void {
  response.writeHead(200, {
    'content-type': `${type}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    ...headers,
  })
  response.end(body)
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(`${reason}\n`)
}

// Browsers say where a POST comes from.
function isOwnPage({ headers }: IncomingMessage): boolean {
  return headers.origin === undefined || headers.origin === `http://${headers.host}`
}

/** Server-Sent Events, https://html.spec.whatwg.org/multipage/server-sent-events.html */
function follow(live: LiveClass, response: ServerResponse, { method }: IncomingMessage): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  if (method === 'HEAD') return void response.end()
  response.write('retry: 1000\n\n')
  const watcher: Watcher = {
    get isReady() {
      return !response.writableNeedDrain
    },
    tell: (event, data) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
  }
  const heartbeat = setInterval(
    () => watcher.isReady && response.write(': still here\n\n'),
    HEARTBEAT_MILLISECONDS,
  )
  response.on('drain', () => live.caughtUp(watcher))
  response.on('close', () => {
    clearInterval(heartbeat)
    live.leave(watcher)
  })
  live.watch(watcher)
}
