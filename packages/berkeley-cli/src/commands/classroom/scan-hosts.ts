// Asks all hosts, a bounded number at a time.
// Rule: a host never waits for a particular other one, only for a free place. With `timeout` for each, all of
//       them are done within timeout × ceil(hosts / concurrency), however dead or hostile the class is.
import { formatTarget, type Target } from '../../addresses.ts'
import { type AskOptions, askHost } from './ask-host.ts'
import type { Candidate } from './roster.ts'

export interface ScanOptions extends AskOptions {
  readonly concurrency: number
  /** Told after each host. */
  readonly onAnswer: () => void
}

/** What every host said, in the order of the hosts. */
export async function scanHosts(targets: readonly Target[], options: ScanOptions): Promise<Candidate[]> {
  const candidates = new Array<Candidate>(targets.length)
  const queue = targets.entries()
  const name = sourceNamer(targets)
  const askUntilEmpty = async () => {
    for (const [place, target] of queue) {
      candidates[place] = { source: name(target), ...(await askHost(target, options)) }
      options.onAnswer()
    }
  }
  await Promise.all(Array.from({ length: options.concurrency }, askUntilEmpty))
  return candidates
}

/** The port is part of a host's name only where the hosts differ in it. */
function sourceNamer(targets: readonly Target[]): (target: Target) => string {
  const isOnePort = targets.every(({ port }) => port === targets[0]?.port)
  return isOnePort ? ({ host }) => host : formatTarget
}
