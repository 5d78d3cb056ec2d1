// Bundles the page of a class for the browser: what tsc made of page/, with the parts of d3 that it uses, as one script.
// Rule: what it makes is put into HTML as it is, so there must be no end of a script or style in it.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const made = join(root, 'build', 'page')
const target = join(root, 'dist', 'page')
const style = join(root, 'page', 'page.css')

function isFresh() {
  const script = join(target, 'page.js')
  if (!existsSync(script)) return false
  const inputs = readdirSync(made).filter((name) => name.endsWith('.js'))
  const files = [fileURLToPath(import.meta.url), style, ...inputs.map((name) => join(made, name))]
  return files.every((file) => statSync(file).mtimeMs <= statSync(script).mtimeMs)
}

/** The licenses of what is bundled, which ask to be where their code is. */
function licenses() {
  const { resolve } = createRequire(import.meta.url)
  const names = new Map()
  for (const name of BUNDLED) {
    const folder = resolve(name).replace(new RegExp(`(${name})/.*`), '$1')
    const text = readFileSync(join(folder, 'LICENSE'), 'utf8').trim()
    names.set(text, [...(names.get(text) ?? []), name])
  }
  return Array.from(names, ([text, of]) => `/*! ${of.join(', ')}\n${text}\n*/`).join('\n')
}

const BUNDLED = ['d3-selection', 'd3-scale', 'd3-axis', 'd3-array', 'd3-format', 'd3-interpolate', 'd3-color']

export async function bundlePage() {
  if (isFresh()) return
  const { build } = await import('rolldown')
  const partial = `${target}.${process.pid}`
  await build({
    input: { page: join(made, 'main.js') },
    platform: 'browser',
    logLevel: 'warn',
    output: { dir: partial, format: 'iife', minify: true, comments: false },
  })
  const script = join(partial, 'page.js')
  const text = `${licenses()}\n${readFileSync(script, 'utf8').trim()}\n`
  if (/<\/(script|style)|<!--/i.test(text)) throw new Error('the script of the page would end its element')
  if (readFileSync(style, 'utf8').includes('<'))
    throw new Error('the style of the page would end its element')
  writeFileSync(script, text)
  copyFileSync(style, join(partial, 'page.css'))
  mkdirSync(dirname(target), { recursive: true })
  rmSync(target, { recursive: true, force: true })
  renameSync(partial, target)
}
