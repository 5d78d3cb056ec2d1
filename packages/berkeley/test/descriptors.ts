// Which descriptors this process has open.
import assert from 'node:assert/strict'
import { readdirSync, readlinkSync } from 'node:fs'

const FOLDER = '/proc/self/fd'

/** What is open, as `number -> what`, without the descriptor that reads the list. */
export function descriptors(): string[] {
  const open: string[] = []
  for (const number of readdirSync(FOLDER)) {
    try {
      open.push(`${number} -> ${readlinkSync(`${FOLDER}/${number}`)}`)
    } catch {
      // It was the one that read the folder.
    }
  }
  return open.sort()
}

/** Runs `body`, after which the same descriptors are open as before. */
export async function leavesNothingOpen<Result>(body: () => Result | Promise<Result>): Promise<Result> {
  const before = descriptors()
  const result = await body()
  assert.deepEqual(descriptors(), before)
  return result
}
