// Asks all hosts, a bounded number at a time.
// Rule: a host never waits for a particular other one, only for a free place. With `timeout` for each, all of
//       them are done within timeout × ceil(hosts / concurrency), however dead or hostile the class is.
import { formatTarget, type Target } from '../../addresses.ts'
import { type AskOptions, askHost } from './ask-host.ts'
import type { Candidate } from './roster.ts'

export interface ScanOptions extends AskOptions {
  readonly concurrency: number
  /** Told after each host, by its place. */
  readonly onAnswer: (place: number, candidate: Candidate) => void
}

/** What every host said, in the order of the hosts. */
export async function scanHosts(targets: readonly Target[], options: ScanOptions): Promise<Candidate[]> {
  const candidates = new Array<Candidate>(targets.length)
  const queue = targets.entries()
  const sources = sourcesOf(targets)
  const askUntilEmpty = async () => {
    for (const [place, target] of queue) {
      const candidate = { source: sources[place]!, ...(await askHost(target, options)) }
      candidates[place] = candidate
      options.onAnswer(place, candidate)
    }
  }
  await Promise.all(Array.from({ length: options.concurrency }, askUntilEmpty))
  return candidates
}

/** What the hosts are called. The port is part of it only where they differ in it. */
export function sourcesOf(targets: readonly Target[]): string[] {
  const isOnePort = targets.every(({ port }) => port === targets[0]?.port)
  return targets.map(isOnePort ? ({ host }) => host : formatTarget)
}
