// Network namespaces for tests, and programs that run in them. They go when the test is over.
// Needs root: where there are no namespaces the tests that want them are skipped, and say so; not so with
// BERKELEY_TEST_ALL=1 (.ci/run), where they fail.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { type Ended, MAIN, type Run, start } from './run-berkeley.ts'

/** Why tests are skipped that need namespaces and these programs, named with their Debian packages; false if they are not. */
export function lacking(programs: Readonly<Record<string, string>> = {}): string | false {
  if (process.env.BERKELEY_TEST_ALL === '1') return false
  const needed = { unshare: 'util-linux', nsenter: 'util-linux', ip: 'iproute2', ...programs }
  for (const [program, debianPackage] of Object.entries(needed)) {
    const search = spawnSync('sh', ['-c', 'PATH=$PATH:/usr/sbin:/sbin command -v "$0"', program])
    if (search.status !== 0) return `no ${program} (apt-get install ${debianPackage})`
  }
  const { status, stderr } = spawnSync('unshare', ['--net', 'true'], { encoding: 'utf8' })
  return status === 0 ? false : `no network namespaces: ${stderr.trim()}`
}

export interface Network {
  /** The number of a process in it. */
  readonly pid: number
  /** Starts a program in it. */
  start(command: string, ...commandLine: string[]): Run
  /** Runs a program in it to its end; throws if it fails. */
  run(command: string, ...commandLine: string[]): Promise<string>
  startBerkeley(...commandLine: string[]): Run
  runBerkeley(...commandLine: string[]): Promise<Ended>
  /** Starts a program of python3 in it; it is ended with the test. */
  python(t: TestContext, program: string, ...commandLine: string[]): Promise<Program>
}

export interface Program {
  readonly pid: number
  /** The next line that it prints. */
  readonly next: () => Promise<string>
  readonly say: (line: string) => void
}

/** A namespace whose loopback is up, furnished by the commands (of sh). */
export async function openNetwork(t: TestContext, ...commands: string[]): Promise<Network> {
  const furnish = ['set -e', 'ip link set lo up', ...commands, 'echo ready', 'exec cat'].join('\n')
  const keeper = spawn('unshare', ['--net', 'sh', '-c', furnish], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.after(() => end(keeper))
  const [line] = await Promise.race([once(keeper.stdout, 'data'), once(keeper, 'close')])
  if (String(line) !== 'ready\n') throw new Error(`the namespace could not be furnished: ${furnish}`)
  const { pid } = keeper as { pid: number }
  const inside = (command: string, commandLine: readonly string[]) =>
    ['nsenter', [`--net=/proc/${pid}/ns/net`, '--', command, ...commandLine]] as const
  const network: Network = {
    pid,
    start(command, ...commandLine) {
      const run = start(...inside(command, commandLine))
      // A test that fails leaves nothing behind that would keep it from ending.
      t.after(() => end(run.child))
      return run
    },
    async run(command, ...commandLine) {
      const { status, results, remarks } = await network.start(command, ...commandLine).ended
      if (status !== 0)
        throw new Error(`${command} ${commandLine.join(' ')}: ${status}: ${remarks}${results}`)
      return results
    },
    startBerkeley: (...commandLine) => network.start(process.execPath, MAIN, ...commandLine),
    runBerkeley: (...commandLine) => network.startBerkeley(...commandLine).ended,
    async python(test, program, ...commandLine) {
      const child = spawn(...inside('python3', ['-u', '-c', program, ...commandLine]), {
        stdio: ['pipe', 'pipe', 'inherit'],
      })
      test.after(() => end(child))
      const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
      return {
        pid: child.pid!,
        next: async () => (await lines.next()).value as string,
        say: (text) => child.stdin.write(`${text}\n`),
      }
    },
  }
  return network
}

/** Two namespaces with a wire between them: `left` is 10.9.0.1 and fd09::1, `right` 10.9.0.2 and fd09::2. */
export async function openPair(t: TestContext): Promise<{ left: Network; right: Network }> {
  const [left, right] = [await openNetwork(t), await openNetwork(t)]
  await left.run('ip', ...`link add wire type veth peer name wire netns ${right.pid}`.split(' '))
  for (const [network, number] of [
    [left, 1],
    [right, 2],
  ] as const) {
    await network.run('ip', 'address', 'add', `10.9.0.${number}/24`, 'dev', 'wire')
    // Without looking for duplicates, which would keep the address back for a second or more.
    await network.run('ip', 'address', 'add', `fd09::${number}/64`, 'dev', 'wire', 'nodad')
    await network.run('ip', 'link', 'set', 'wire', 'up')
  }
  return { left, right }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'close')
}
