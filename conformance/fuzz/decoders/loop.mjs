// A fuzzer that learns from coverage: an input that reaches code which none before has reached is kept, and what is
// tried next are changes of those that were kept.
//
// V8 itself tells what ran. To ask it takes as long as some hundred inputs, so that they are tried by the hundred, and looked
// at more closely only if one of them reached something new.
import { Session } from 'node:inspector'
import { mutate } from './mutations.mjs'

const AT_ONCE = 300

/**
 * What V8 has seen running, of the files whose address begins with `prefix`: for each function, its characters. Not the blocks
 * that V8 tells, since it joins those that ran equally often.
 */
class Coverage {
  #session = new Session()
  #prefix
  /** By function: 1 for each character that ran. */
  #seen = new Map()
  size = 0

  constructor(prefix) {
    this.#prefix = prefix
    this.#session.connect()
    this.#ask('Profiler.enable')
    this.#ask('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  /** A session answers at once, as long as it asks about its own thread. */
  #ask(method, parameters) {
    let answer
    this.#session.post(method, parameters, (error, result) => {
      if (error) throw new Error(`${method}: ${error.message}`)
      answer = result
    })
    return answer
  }

  /** What ran since the last time and never before: pairs of what was seen of a function, and where there is more. */
  news() {
    const news = []
    for (const { url, functions } of this.#ask('Profiler.takePreciseCoverage').result) {
      if (!url.startsWith(this.#prefix)) continue
      for (const { ranges } of functions) {
        const key = `${url} ${ranges[0].startOffset}`
        const ran = charactersOf(ranges)
        const before = this.#seen.get(key) ?? new Uint8Array(ran.length)
        this.#seen.set(key, before)
        if (ran.some((one, at) => one > before[at])) news.push([before, ran])
      }
    }
    return news
  }

  remember(news) {
    for (const [before, ran] of news) {
      ran.forEach((one, at) => {
        if (one <= before[at]) return
        before[at] = 1
        this.size++
      })
    }
  }
}

/** The ranges of a function, the first of which is all of it, and of which the inner ones follow those that they are in. */
function charactersOf(ranges) {
  const [{ startOffset: start, endOffset: end }] = ranges
  const ran = new Uint8Array(end - start)
  for (const { startOffset, endOffset, count } of ranges)
    ran.fill(count > 0 ? 1 : 0, startOffset - start, endOffset - start)
  return ran
}

/** What went wrong, and with which input. */
export class Finding extends Error {
  constructor(target, input, cause) {
    super(`${target}: ${input.toString('hex') || '(nothing)'}`, { cause })
    this.input = input
  }
}

/**
 * Gives `target` one input after the other until the time is over, or it throws: then as a Finding. `corpus` grows by what
 * reaches something new.
 */
export class Loop {
  #coverage
  #random

  constructor(prefix, random) {
    this.#coverage = new Coverage(prefix)
    this.#random = random
  }

  /** How many characters of code were reached. */
  get reached() {
    return this.#coverage.size
  }

  /** Returns how many inputs were tried. */
  run(name, target, corpus, milliseconds) {
    const attempt = (input) => {
      try {
        target(Buffer.from(input))
      } catch (cause) {
        throw new Finding(name, input, cause)
      }
    }
    for (const input of corpus) attempt(input)
    this.#coverage.remember(this.#coverage.news())
    const end = performance.now() + milliseconds
    let tried = corpus.length
    while (performance.now() < end) {
      const inputs = Array.from({ length: AT_ONCE }, () => mutate(corpus, this.#random))
      this.#learn(inputs, attempt, corpus)
      tried += inputs.length
    }
    return tried
  }

  /** Tries all, and keeps of them those that reach something new: which, is found by halves. */
  #learn(inputs, attempt, corpus) {
    for (const input of inputs) attempt(input)
    const news = this.#coverage.news()
    if (news.length === 0) return
    if (inputs.length === 1) {
      this.#coverage.remember(news)
      corpus.push(...inputs)
      return
    }
    const half = inputs.length >> 1
    this.#learn(inputs.slice(0, half), attempt, corpus)
    this.#learn(inputs.slice(half), attempt, corpus)
  }
}
