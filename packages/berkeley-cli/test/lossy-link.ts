// Two network namespaces with a bad line between them: packets are lost, and take their time.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withoutNamespaces } from './programs.ts'
import { MAIN, type Run, start } from './run-berkeley.ts'

const LINK = join(dirname(fileURLToPath(import.meta.url)), '../../test/python/lossy_link.py')

export interface LossyLink {
  /** Runs `berkeley` on one of the two sides: `a` has the address 10.77.0.1, `b` 10.77.0.2. */
  berkeley(side: 'a' | 'b', ...commandLine: string[]): Run
  /** Takes the line down, and tells how many packets it carried and lost. */
  close(): Promise<string>
}

/** Why there can be no such line here; `false` if there can. */
export function withoutLossyLink(): string | false {
  const reason = withoutNamespaces('--net')
  if (reason !== false) return reason
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK)
    return false
  } catch {
    return 'no /dev/net/tun'
  }
}

/** Loses the share `loss` of the packets in each direction, and keeps the others for `delay` seconds. */
export async function openLossyLink(loss: number, delay: number): Promise<LossyLink> {
  const name = `berkeley-${process.pid}`
  const line = spawn('python3', [LINK, name, `${loss}`, `${delay}`], { stdio: ['pipe', 'pipe', 'inherit'] })
  let said = ''
  line.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  const ended = once(line, 'close')
  while (!said.startsWith('ready')) {
    const isOver = await Promise.race([once(line.stdout, 'data').then(() => false), ended.then(() => true)])
    if (isOver) throw new Error(`lossy_link.py ended, and said ${said}`)
  }
  return {
    berkeley: (side, ...commandLine) =>
      start('ip', ['netns', 'exec', `${name}-${side}`, process.execPath, MAIN, ...commandLine]),
    async close() {
      line.stdin.end()
      await ended
      return said
    },
  }
}
