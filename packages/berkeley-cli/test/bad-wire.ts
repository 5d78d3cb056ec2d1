// Two network namespaces with a wire between them that loses packets and takes its time.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { lacking, type Network, openNetwork } from './network.ts'
import { MAIN, type Run, start } from './run-berkeley.ts'
import { Talker } from './talker.ts'

const PROGRAM = join(dirname(fileURLToPath(import.meta.url)), '../../test/python/bad_wire.py')

/** Why there is no bad wire here; false if there is. */
export function lackingWire(): string | false {
  const reason = lacking()
  if (reason !== false) return reason
  return existsSync('/dev/net/tun') || process.env.BERKELEY_TEST_ALL === '1' ? false : 'no /dev/net/tun'
}

export interface BadPair {
  /** 10.8.0.1 */
  readonly left: Network
  /** 10.8.0.2 */
  readonly right: Network
  /** How many packets were lost; the wire is gone then. */
  readonly cut: () => Promise<number>
}

/** @param loss the share of packets that are lost; @param delay seconds each way */
export async function openBadPair(t: TestContext, loss: number, delay: number): Promise<BadPair> {
  const [left, right] = [await openNetwork(t), await openNetwork(t)]
  const wire = new Talker(t, 'python3', PROGRAM, `${left.pid}`, `${right.pid}`, `${loss}`, `${delay}`)
  await wire.reads(/ready\n/)
  return {
    left,
    right,
    async cut() {
      wire.child.stdin.end()
      const [, lost] = await wire.reads(/\d+ (\d+)\n/)
      return Number(lost)
    },
  }
}

/** Somebody in the network who runs the program `berkeley`. */
export function talkIn(t: TestContext, { pid }: Network, ...commandLine: string[]): Talker {
  return new Talker(t, 'nsenter', ...inside(pid), process.execPath, MAIN, ...commandLine)
}

/** Runs the program `berkeley` in the network. */
export function runIn({ pid }: Network, ...commandLine: string[]): Run {
  return start('nsenter', [...inside(pid), process.execPath, MAIN, ...commandLine])
}

function inside(pid: Network['pid']): string[] {
  return [`--net=/proc/${pid}/ns/net`, '--']
}
