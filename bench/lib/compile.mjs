// Compiles a C file of the bench into bench/build, once in a run.
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const bench = fileURLToPath(new URL('..', import.meta.url))
const flags = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror']
const binaries = new Map()

export function compile(source) {
  if (!binaries.has(source)) {
    const name = relative(bench, source).replaceAll('/', '-').replace(/\.c$/, '')
    const binary = join(bench, 'build', name)
    mkdirSync(join(bench, 'build'), { recursive: true })
    execFileSync(process.env.CC ?? 'cc', [...flags, '-o', binary, source], { stdio: 'inherit' })
    binaries.set(source, binary)
  }
  return binaries.get(source)
}

export function compileLoad(name) {
  return compile(join(bench, 'load', `${name}.c`))
}
