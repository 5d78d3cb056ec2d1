// Starts an echo or time server as a process, and stops it.
import assert from 'node:assert/strict'
import { type Endpoint, parseEndpoint } from '#endpoint.js'
import { type Run, startBerkeley } from './run-berkeley.ts'

export interface Service {
  readonly run: Run
  readonly endpoint: Endpoint
  /** Its port, 0 if it has none. */
  readonly port: number
}

/** A server with --json, once it listens. */
export async function startService(name: string, address: string, ...options: string[]): Promise<Service> {
  const run = startBerkeley(name, address, '--json', '--interval', '0.1', ...options)
  const [, text = ''] = await run.untilResult(/"event":"listening","address":"([^"]+)"/)
  const endpoint = parseEndpoint(text, 'listen')
  return { run, endpoint, port: 'port' in endpoint ? endpoint.port : 0 }
}

/** Ends it as Ctrl-C does, and gives what it says at the end. */
export async function stopService({ run }: Service): Promise<Record<string, number>> {
  run.child.kill('SIGINT')
  const { status, results, remarks } = await run.ended
  assert.equal(status, 0, remarks)
  const end = JSON.parse(results.trimEnd().split('\n').at(-1) ?? '')
  assert.equal(end.event, 'end')
  return end
}
