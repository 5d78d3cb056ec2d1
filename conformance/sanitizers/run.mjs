// run.mjs [TEST…] - our tests on an addon that watches itself: AddressSanitizer, UndefinedBehaviorSanitizer, LeakSanitizer
//
// Fails if a test fails, and on every report of AddressSanitizer and LeakSanitizer, also from processes whose end nobody looks at.
// What is undefined ends its process; the test that looks at it fails then.
// Of leaks only those count that our C had a part in: Node and V8 leave much to the end of the process.
// TEST is a file, as for `npm test`; without any it is all but those below. Needs gcc and patchelf.
import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { reportsIn } from './reports.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const tests = 'packages/berkeley/test'

// What does not run here, and why.
const left = {
  'policy/': 'reads source code and calls nothing',
  'bench.test.ts': 'measures, with programs of its own',
  'netlink/tables.test.ts':
    'starts ip(8) hundreds of times, each a fork that copies the tables of much shadow memory',
}

// Where leaks are not looked for at the end of each process, and why.
const leaky = {
  'strace.test.ts': 'LeakSanitizer stops the threads by ptrace(2), which strace(1) does already',
  'netlink/': 'many processes, each of which would be searched',
  'socketserver/': 'many processes, whose end the servers wait for',
}

const FLAGS = [
  '-fsanitize=address,undefined',
  '-fno-sanitize-recover=all',
  '-fno-omit-frame-pointer',
  // Instead of -O2, so that the stacks of reports are whole.
  '-O1',
]

/** A copy of what was built, with the watchful addon in the place of the usual one. */
async function copyTo(folder) {
  for (const name of ['examples', 'docs', 'scripts', 'package.json', 'README.md', 'node_modules', 'packages'])
    cpSync(join(root, name), join(folder, name), { recursive: true, verbatimSymlinks: true })
  const { buildAddon } = await import(join(folder, 'packages/berkeley/scripts/build-addon.mjs'))
  buildAddon({ strict: true, flags: FLAGS })
}

const isIn = (list) => (test) =>
  Object.keys(list).some((beginning) => relative(tests, test).startsWith(beginning))

function chosen(folder) {
  const given = process.argv.slice(2)
  if (given.length > 0) return given
  return readdirSync(join(folder, tests), { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(tests, name))
    .filter((test) => !isIn(left)(test))
}

/** Runs a program; gives its output, or ends with EX_UNAVAILABLE if it is not there. */
function output(program, args) {
  const { status, stdout, error } = spawnSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 2],
  })
  if (!error && status === 0) return stdout.trim()
  process.stderr.write(
    `sanitizers: needs gcc with its libasan, and patchelf: ${error ?? `${program} failed`}\n`,
  )
  process.exit(69)
}

/**
 * A Node that loads the runtime before anything else, as it has to be. Not by LD_PRELOAD: all that the tests run besides
 * Node would have it too.
 */
function nodeWithRuntime(folder) {
  const runtime = realpathSync(output('gcc', ['-print-file-name=libasan.so']))
  const node = join(folder, 'node')
  copyFileSync(realpathSync(process.execPath), node)
  output('patchelf', ['--add-needed', runtime, node])
  return node
}

const folder = mkdtempSync(join(tmpdir(), 'berkeley-sanitizers-'))
try {
  const reports = join(folder, 'reports')
  mkdirSync(reports)
  const node = nodeWithRuntime(folder)
  await copyTo(folder)
  const log = `log_path=${join(reports, 'report')}`
  const all = chosen(folder)
  let status = 0
  for (const [searched, files] of [
    [1, all.filter((test) => !isIn(leaky)(test))],
    [0, all.filter(isIn(leaky))],
  ]) {
    if (files.length === 0) continue
    process.stdout.write(`\n${files.length} test files${searched ? '' : ', without a search for leaks'}\n`)
    const ended = spawnSync(
      node,
      ['scripts/test.mjs', '--test-reporter=dot', `--test-concurrency=${availableParallelism()}`, ...files],
      {
        cwd: folder,
        stdio: 'inherit',
        env: {
          ...process.env,
          PATH: `${folder}:${process.env.PATH}`,
          BERKELEY_TEST_PATIENCE: '5',
          // Leaks do not change the status (exitcode), since Node has some; everything else aborts. Of memory that was
          // freed less is kept than usual: a test looks at how much the process grows.
          ASAN_OPTIONS: [
            `detect_leaks=${searched}:exitcode=0:abort_on_error=1`,
            `allocator_may_return_null=1:quarantine_size_mb=16:${log}`,
          ].join(':'),
          UBSAN_OPTIONS: `print_stacktrace=1:abort_on_error=1:${log}`,
        },
      },
    )
    if (ended.error) throw ended.error
    status ||= ended.status ?? 1
  }
  const found = reportsIn(reports)
  for (const report of found) process.stdout.write(`\n${report}\n`)
  process.stdout.write(`\n${found.length} reports of the sanitizers\n`)
  process.exitCode = found.length > 0 ? 1 : status
} finally {
  rmSync(folder, { recursive: true })
}
