// With `node --import`: tells on standard error, at the end, which modules were loaded.
import { register } from 'node:module'
import { MessageChannel } from 'node:worker_threads'

const HOOKS = `
let port
export function initialize(data) { port = data.port }
export async function resolve(specifier, context, next) {
  const resolved = await next(specifier, context)
  port.postMessage(resolved.url)
  return resolved
}
`

const { port1, port2 } = new MessageChannel()
port1.on('message', (url: string) => process.stderr.write(`${url}\n`)).unref()
register(`data:text/javascript,${encodeURIComponent(HOOKS)}`, {
  parentURL: import.meta.url,
  data: { port: port2 },
  transferList: [port2],
})
