// A test that cleans up after itself and must leave no descriptor behind.
import { test } from 'node:test'
import { leavesNothingOpen } from './descriptors.ts'

/** Where a test leaves what has to be undone at its end: the latest first. */
export interface Scope {
  after(undo: () => unknown): void
}

// Much is slower in the machine of conformance/vm.
const LONGEST_TEST = process.env.BERKELEY_EVERY_FAMILY === '1' ? 60_000 : 10_000

/** As `test` of node:test; whatever the body opened must be closed when its scope is undone. */
export function socketTest(
  name: string,
  body: (t: Scope) => unknown,
  skip: string | false = false,
  timeout = LONGEST_TEST,
): void {
  const run = ({ signal }: { signal: AbortSignal }) => leavesNothingOpen(() => runInScope(body, signal))
  test(name, { timeout, skip }, run)
}

async function runInScope(body: (t: Scope) => unknown, outOfTime: AbortSignal): Promise<void> {
  const undoing: (() => unknown)[] = []
  const undo = async (): Promise<void> => {
    for (let step = undoing.pop(); step !== undefined; step = undoing.pop()) await step()
  }
  // What the body still waits for is closed, so that it ends as well.
  outOfTime.addEventListener('abort', undo)
  try {
    await body({ after: (step) => undoing.push(step) })
  } finally {
    await undo()
    outOfTime.removeEventListener('abort', undo)
  }
}
