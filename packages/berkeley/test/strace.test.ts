// A real program whose system calls strace interrupts and denies: the results are right all the same.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { runNode } from './child.ts'
import { forms } from './forms.ts'
import { without } from './programs.ts'

const folder = mkdtempSync(join(tmpdir(), 'berkeley-strace-'))

after(() => rmSync(folder, { recursive: true }))

const EVERY_SECOND = '1+2'
// On the event loop a socket is asked again when something new has happened, so that a lie about what has not been
// waited for yet is all that may be told: the first of its calls. (When the kernel says EAGAIN, it means it.)
const FIRST = '1'

// The second connection is a TCP one. (strace leaves the call out that it fails; but EINTR means of a Unix socket's
// connect, which is asked for its result in another way, that it goes on.)
const SECOND = '2'

const faults: [call: string, error: string, when: { [form in 'async' | 'blocking']?: string }][] = [
  ['recvfrom', 'EINTR', { async: EVERY_SECOND, blocking: EVERY_SECOND }],
  ['recvfrom', 'EAGAIN', { async: FIRST, blocking: EVERY_SECOND }],
  ['sendto', 'EINTR', { async: EVERY_SECOND, blocking: EVERY_SECOND }],
  ['sendto', 'EAGAIN', { async: FIRST, blocking: EVERY_SECOND }],
  ['accept4', 'EINTR', { async: EVERY_SECOND, blocking: EVERY_SECOND }],
  ['accept4', 'EAGAIN', { async: FIRST, blocking: EVERY_SECOND }],
  ['connect', 'EINTR', { async: SECOND, blocking: SECOND }],
  ['connect', 'EAGAIN', { async: EVERY_SECOND, blocking: EVERY_SECOND }],
  ['/^epoll_p?wait$', 'EINTR', { async: EVERY_SECOND }],
  ['/^p?poll$', 'EINTR', { blocking: EVERY_SECOND }],
]

describe('a program under strace', { concurrency: 2, skip: without({ strace: 'strace' }) }, () => {
  for (const { name } of forms) {
    for (const [index, [call, error, { [name]: when }]] of faults.entries()) {
      if (when === undefined) continue
      test(`${name}: ${error} from ${call}`, async () => {
        const log = join(folder, `${name}-${index}`)
        const under = ['strace', '-f', '-qq', '-o', log, '-e', `trace=${call}`]
        under.push('-e', `inject=${call}:error=${error}:when=${when}`)
        assert.deepEqual(await runNode(`echo ${name}`, { under }), {
          status: 0,
          signal: null,
          output: 'all right\n',
          errors: '',
        })
        assert.match(readFileSync(log, 'utf8'), new RegExp(`= -1 ${error} .*\\(INJECTED\\)`))
      })
    }
  }
})
