// What is wrong with an argument is told by a TypeError or a RangeError that names the function, the parameter and the
// value; nothing crashes, and nothing of the inside shows.
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { AF_INET, AF_INET6, AF_UNIX, OSError, SOCK_DGRAM } from 'berkeley'
import * as options from 'berkeley/options'
import { BaseSocket } from '#base-socket.js'
import { printable } from '#core/printable.js'
import {
  functions,
  harmless,
  methods,
  type Row,
  type Subject,
  signalled,
  waiting,
  whenClosed,
} from './bad-calls.ts'
import { runNode } from './child.ts'
import { type Form, forms } from './forms.ts'
import { Bite, readables } from './nasty.ts'
import { optionFunctions } from './options/bad-calls.ts'

// If a check is missing, an operation may begin to wait.
const SHORT = 0.05

function makeSubject({ library }: Form): Subject {
  const { Socket, socketpair } = library
  const [pair, peer] = socketpair()
  const subject = {
    library,
    tcp: new Socket(AF_INET),
    udp: new Socket(AF_INET, SOCK_DGRAM),
    inet6: new Socket(AF_INET6, SOCK_DGRAM),
    unix: new Socket(AF_UNIX, SOCK_DGRAM),
    pair,
  }
  const sockets = [subject.tcp, subject.udp, subject.inet6, subject.unix, pair]
  for (const socket of sockets) socket.settimeout(SHORT)
  after(() => {
    for (const socket of [...sockets, peer]) socket.close()
  })
  return subject
}

type Outcome = { readonly error: unknown; readonly thrown: boolean } | null

async function outcomeOf(call: () => unknown): Promise<Outcome> {
  let result: unknown
  try {
    result = call()
  } catch (error) {
    return { error, thrown: true }
  }
  try {
    closeAll(await result)
    return null
  } catch (error) {
    return { error, thrown: false }
  }
}

// What should not have come into being.
function closeAll(result: unknown): void {
  if (Array.isArray(result)) result.forEach(closeAll)
  else if (result instanceof BaseSocket) result.close()
}

/** What is wrong with how a call complains, if anything is. */
async function faultOf(
  form: Form,
  [name, parameter, , call]: Row,
  bad: unknown,
  subject: Subject,
  expected: new (message: string) => Error,
): Promise<string | null> {
  const outcome = await outcomeOf(() => call(bad as never, subject))
  const what = `${typeof bad} ${printableOrNot(bad)}`
  const called = name.split('|', 1)[0]!
  if (outcome === null) return `${what}: accepted`
  const { error, thrown } = outcome
  if (isTooLong(called, error) && expected === RangeError) return null
  if (!(error instanceof expected)) return `${what}: ${error}`
  if (thrown !== (form.name === 'blocking' || !waiting.has(called)))
    return `${what}: ${thrown ? 'thrown' : 'rejected'}`
  const { message } = error
  const complaint = new RegExp(`^(${name})\\(\\): (${parameter})( .+)? must be .+, got .`, 's')
  if (!complaint.test(message)) return `${what}: ${message}`
  if (typeof bad === 'number' && !message.endsWith(`got ${bad}`)) return `${what}: ${message}`
  return null
}

/** What shows of the inside, if anything does. */
function insideOf(outcome: Outcome): string | null {
  if (outcome === null || outcome.error instanceof Bite) return null
  const { error } = outcome
  const isKnown = error instanceof TypeError || error instanceof RangeError || error instanceof OSError
  return isKnown && !/internal/i.test(`${error.message} ${'code' in error && error.code}`) ? null : `${error}`
}

// As in Python, a path that is too long is refused in the words of the system.
function isTooLong(name: string, error: unknown): boolean {
  return error instanceof OSError && error.code === 'ENAMETOOLONG' && error.syscall === name
}

function printableOrNot(value: unknown): string {
  try {
    return printable(value)
  } catch (error) {
    return `not printable: ${error}`
  }
}

for (const form of forms) {
  describe(`${form.name}: a bad argument`, () => {
    const subject = makeSubject(form)

    for (const row of [...methods, ...functions, ...optionFunctions]) {
      const [name, parameter, wants] = row
      test(`${name}: ${parameter}`, async () => {
        const faults: (string | null)[] = []
        const [wrongTypes, wrongValues = []] = wants()
        for (const bad of wrongTypes) faults.push(await faultOf(form, row, bad, subject, TypeError))
        for (const bad of wrongValues) faults.push(await faultOf(form, row, bad, subject, RangeError))
        for (const bad of readables())
          faults.push(insideOf(await outcomeOf(() => row[3](bad as never, subject))))
        assert.deepEqual(
          faults.filter((fault) => fault !== null),
          [],
        )
      })
    }

    test('all that is exported, and all methods, stand in the table', () => {
      const { library } = form
      const exported = Object.entries(library).filter(([, value]) => typeof value === 'function')
      const isError = (value: unknown) => (value as { prototype: unknown }).prototype instanceof Error
      const names = exported.filter(([, value]) => !isError(value)).map(([name]) => name)
      for (
        let of = library.Socket.prototype as object;
        of !== Object.prototype;
        of = Object.getPrototypeOf(of)
      ) {
        for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(of))) {
          if (typeof value === 'function' && name !== 'constructor' && name !== 'close') names.push(name)
        }
      }
      const known = new Set([...methods, ...functions].map(([name]) => name.split('|')[0]).concat(harmless))
      assert.deepEqual(
        names.filter((name) => !known.has(name)),
        [],
      )
    })

    test('all that `berkeley/options` exports stands in the table', () => {
      const isError = (value: unknown) => value === OSError || (value as object) === options.error
      const exported = Object.entries(options).filter(
        ([, value]) => typeof value === 'function' && !isError(value),
      )
      const known = new Set(optionFunctions.map(([name]) => name))
      assert.deepEqual(
        exported.map(([name]) => name).filter((name) => !known.has(name)),
        [],
      )
    })

    for (const [name, call] of whenClosed) {
      test(`${name} of a closed socket`, async () => {
        const socket = new form.library.Socket()
        socket.close()
        const outcome = await outcomeOf(() => call(socket))
        const { code, syscall } = (outcome?.error ?? {}) as { code?: string; syscall?: string }
        assert.deepEqual({ code, syscall }, { code: 'EBADF', syscall: name })
      })
    }

    for (const [name, call] of signalled) {
      const aborted = Object.assign(new EventTarget(), { aborted: true })
      const imitations = ['signal', 5, null, true, {}, aborted]
      const wrong = form.name === 'async' ? imitations : [new AbortController().signal, AbortSignal.abort()]
      test(`${name}: signal`, async () => {
        for (const signal of wrong) {
          const outcome = await outcomeOf(() => call({ signal: signal as never }, subject))
          assert.ok(outcome?.error instanceof TypeError, `${outcome?.error}`)
          assert.match(outcome.error.message, new RegExp(`^${name}\\(\\): signal must be`))
        }
      })
    }
  })
}

describe('nonsense', { concurrency: 2 }, () => {
  const CALLS = 15_000
  const NATIVE_CALLS = 30_000
  const folder = mkdtempSync(join(tmpdir(), 'berkeley-nonsense-')) // Where it may bind what it likes.
  after(() => rmSync(folder, { recursive: true }))

  async function survives(program: string, calls: number): Promise<void> {
    const seed = randomInt(1, 2 ** 31)
    const command = `${program} ${calls} ${seed}`
    const ended = await runNode(command, { folder, flags: ['--no-warnings'] })
    assert.deepEqual(
      { command, ...ended },
      { command, status: 0, signal: null, output: `${calls} calls\n`, errors: '' },
    )
  }

  for (const { name } of forms) test(`${name}: everything is called`, () => survives(`fuzz ${name}`, CALLS))
  test('everything of the addon is called', () => survives('fuzz-native idle', NATIVE_CALLS))
  test('everything of the addon is called, which watches', () =>
    survives('fuzz-native started', NATIVE_CALLS))
})
