// The processes of the bench: each pinned to a core, each stopped whatever happens to us. The kernel kills them when
// we die without a word (setpriv --pdeathsig), we kill them when we end, and SIGINT and SIGTERM make us end.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { createInterface } from 'node:readline'
import { cores } from './machine.mjs'

const running = new Set()

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => process.exit(128 + constants.signals[signal]))
}

function cpu(role) {
  const [first, second] = cores()
  const found = { subject: first, load: second, 'subject on all cores': cores().join(',') }[role]
  if (found === undefined || second === undefined)
    throw new Error('the bench needs two cores: one for the subject, one for its load')
  return String(found)
}

// A process that speaks in lines.
class Child {
  #process
  #lines
  #errors = ''
  #closed

  constructor(role, command) {
    const pinned = ['--pdeathsig', 'KILL', 'taskset', '-c', cpu(role), ...command]
    this.#process = spawn('setpriv', pinned, { stdio: 'pipe' })
    running.add(this.#process)
    this.#process.stderr.on('data', (text) => {
      this.#errors = (this.#errors + text).slice(-4000)
    })
    this.#process.stdin.on('error', () => {}) // It has died; whoever waits for its next line is told.
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]()
    this.#closed = new Promise((resolve, reject) => {
      this.#process.on('error', reject).on('close', (code, signal) => {
        running.delete(this.#process)
        resolve(signal ?? `status ${code}`)
      })
    })
    this.#closed.catch(() => {})
  }

  get pid() {
    return this.#process.pid
  }

  // What stands after `word` in the next line, which must begin with it.
  async line(word) {
    const { value, done } = await this.#lines.next()
    if (done)
      throw new Error(`ended with ${await this.#closed} where "${word}" was due. ${this.#errors.trim()}`)
    if (!value.startsWith(word)) throw new Error(`said "${value}" where "${word}" was due`)
    return value.slice(word.length).trim()
  }

  say(line) {
    this.#process.stdin.write(`${line}\n`)
  }

  signal(name) {
    this.#process.kill(name)
  }

  async stop() {
    this.#process.kill('SIGKILL')
    await this.#closed.catch(() => {})
  }
}

// The processes of one subject in one round, stopped together.
export class Processes {
  #children = []

  // `role` is 'subject', 'load' or 'subject on all cores' and decides the core.
  start = (role, command) => {
    const child = new Child(role, command)
    this.#children.push(child)
    return child
  }

  stop() {
    return Promise.all(this.#children.map((child) => child.stop()))
  }
}
