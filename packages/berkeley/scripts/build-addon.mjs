// Compiles native/*.c to prebuilds/<platform>-<arch>-<libc>/berkeley.node, if a source is newer than that.
// One binary serves every Node from 20 on: only Node-API and libuv's stable ABI are used.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const native = join(here, '..', 'native')

/** `glibc` or `musl`: a binary for one does not load on the other. */
export function libc() {
  return process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl'
}

/** Where the binary for this machine is. */
export function addonPath(variant = '') {
  const folder = `${process.platform}-${process.arch}-${libc()}${variant}`
  return join(here, '..', 'prebuilds', folder, 'berkeley.node')
}

/**
 * Builds the addon. `strict` makes every warning an error; `flags` are further compiler flags (sanitizers), whose
 * result goes to a folder of its own, named by `variant`.
 */
export function buildAddon({ strict = false, flags = [], variant = '' } = {}) {
  const sources = readdirSync(native)
    .filter((name) => name.endsWith('.c'))
    .map((name) => join(native, name))
  const inputs = [...readdirSync(native).map((name) => join(native, name)), fileURLToPath(import.meta.url)]
  const output = addonPath(variant)
  const newest = Math.max(...inputs.map((file) => statSync(file).mtimeMs))
  if (!strict && existsSync(output) && statSync(output).mtimeMs > newest) return output

  process.stderr.write('Compiling the addon …\n')
  mkdirSync(dirname(output), { recursive: true })
  const { include_dir: headers } = createRequire(import.meta.url)('node-api-headers')
  const partial = `${output}.${process.pid}`
  const { status, error } = spawnSync(
    process.env.CC ?? 'cc',
    [
      // nodelete: a lookup thread may still be inside getaddrinfo(3) when the worker that loaded us is unloaded.
      ...[
        '-shared',
        '-fPIC',
        '-O2',
        '-g',
        '-std=gnu11',
        '-pthread',
        '-D_GNU_SOURCE',
        '-fvisibility=hidden',
        '-Wl,-z,nodelete',
      ],
      ...['-Wall', '-Wextra', ...(strict ? ['-Werror'] : []), ...flags],
      ...['-isystem', headers, '-o', partial, ...sources],
    ],
    { stdio: ['ignore', 2, 2] },
  )
  if (error) throw new Error(`the addon needs a C compiler: ${error.message}`)
  if (status !== 0) process.exit(status ?? 1)
  // Renamed, not overwritten: a process that has the old one mapped must not see it change.
  renameSync(partial, output)
  return output
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  buildAddon({ strict: process.argv.includes('--strict') })
