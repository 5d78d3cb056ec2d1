// CPython as the client of our servers.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { packageRoot } from '../package-root.ts'
import type { Kind } from './kinds.ts'

const program = join(packageRoot, 'test/python/server_client.py')

/** How many of so many clients at once got everything back. */
export async function pythonClients(kind: Kind, address: unknown, count: number): Promise<number> {
  const { stdout } = await promisify(execFile)('python3', [
    program,
    kind.name,
    JSON.stringify(address),
    `${count}`,
  ])
  return Number(stdout)
}
