// Programs that tests need beside node, python3 and a C compiler. Where one is missing, its tests are skipped and say
// so; but not where BERKELEY_TEST_ALL=1 says that all have to be there (.ci/run), for there they fail.
import { spawnSync } from 'node:child_process'

/** Where a program is, the system's folders included; '' if it is nowhere. */
export function pathOf(program: string): string {
  const search = ['-c', 'PATH=$PATH:/usr/sbin:/sbin command -v "$0"', program]
  return spawnSync('sh', search, { encoding: 'utf8' }).stdout.trim()
}

/** Why tests are skipped that need these programs, named with their Debian packages; `false` if they are not. */
export function without(programs: Readonly<Record<string, string>>): string | false {
  if (process.env.BERKELEY_TEST_ALL === '1') return false
  const missing = Object.entries(programs).filter(([program]) => pathOf(program) === '')
  return (
    missing.length > 0 && `no ${missing.map(([program, name]) => `${program} (apt-get install ${name})`)}`
  )
}

/** What tests in network namespaces need. */
export const NAMESPACES = { unshare: 'util-linux', ip: 'iproute2' }
