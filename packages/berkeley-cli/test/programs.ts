// Programs that tests need beside node and python3. Where one is missing, its tests are skipped and say so; but not where
// BERKELEY_TEST_ALL=1 says that all have to be there (.ci/run), for there they fail.
import { spawnSync } from 'node:child_process'

/** Why tests are skipped that need these programs, named with their Debian packages; `false` if they are not. */
export function without(programs: Readonly<Record<string, string>>): string | false {
  if (process.env.BERKELEY_TEST_ALL === '1') return false
  const missing = Object.entries(programs).filter(([program]) => !isThere(program))
  return (
    missing.length > 0 && `no ${missing.map(([program, name]) => `${program} (apt-get install ${name})`)}`
  )
}

function isThere(program: string): boolean {
  const search = ['-c', 'PATH=$PATH:/usr/sbin:/sbin command -v "$0"', program]
  return spawnSync('sh', search).status === 0
}

/** Why there are no namespaces of one's own here; `false` if there are. */
export function withoutNamespaces(...kinds: readonly ('--net' | '--mount')[]): string | false {
  const programs = without({ unshare: 'util-linux', ip: 'iproute2', mount: 'mount' })
  if (programs !== false) return programs
  const { status, error, stderr } = spawnSync('unshare', [...kinds, 'true'], { encoding: 'utf8' })
  return status === 0 ? false : `no namespaces: ${error?.message ?? stderr}`
}
