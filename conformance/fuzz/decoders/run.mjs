// run.mjs [--seconds N] [--seed N] [--grow] [TARGET…] - feeds the decoders (targets.mjs) with bytes that nobody meant
//
// Begins with the inputs in corpus/, a line of hexadecimal digits for each. --grow writes back those that were found to reach
// more. Fails at the first finding, which it prints: add it to corpus/ when it is mended, and to the tests.
// Runs what was built: npm run build.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { Finding, Loop } from './loop.mjs'
import { randomFrom } from './mutations.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const packages = join(here, '../../../packages')

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: `${Date.now() % 1e9}` },
    grow: { type: 'boolean', default: false },
  },
})

const fileOf = (name) => join(here, 'corpus', `${name}.txt`)

function corpusOf(name) {
  const lines = existsSync(fileOf(name)) ? readFileSync(fileOf(name), 'utf8').split('\n') : []
  return [Buffer.alloc(0), ...lines.filter(Boolean).map((line) => Buffer.from(line, 'hex'))]
}

function write(name, corpus) {
  const lines = new Set(corpus.map((input) => input.toString('hex')).filter(Boolean))
  writeFileSync(
    fileOf(name),
    [...lines]
      .sort()
      .map((line) => `${line}\n`)
      .join(''),
  )
}

// Errors are the normal case here, and their stacks take longer than all the rest.
Error.stackTraceLimit = 4

// Before the code that is to be watched is loaded: V8 counts the blocks of what is compiled from then on.
const loop = new Loop(pathToFileURL(packages).href, randomFrom(Number(values.seed)))
const { targets } = await import('./targets.mjs')
const names = positionals.length > 0 ? positionals : Object.keys(targets)
const each = (Number(values.seconds) * 1000) / names.length
console.log(`seed ${values.seed}`)
for (const name of names) {
  const corpus = corpusOf(name)
  const before = corpus.length
  const reached = loop.reached
  try {
    const tried = loop.run(name, targets[name], corpus, each)
    console.log(
      `${name}: ${tried} inputs, ${loop.reached - reached} characters of code; corpus ${before}, grown by ${corpus.length - before}`,
    )
  } catch (finding) {
    if (!(finding instanceof Finding)) throw finding
    console.error(finding)
    process.exitCode = 1
  }
  if (values.grow) write(name, corpus)
}
