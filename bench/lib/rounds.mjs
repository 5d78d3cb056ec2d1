// Runs one row. A round starts every subject afresh and goes through them in turns (A B C A B C …), each turn short,
// so that a slow moment of the machine hits all of them alike.
import { setTimeout } from 'node:timers/promises'
import { Processes } from './processes.mjs'

const PATIENCE = 120 // seconds for one step of one subject
const FEWEST = 3 // rounds

// The row's contenders: each has its samples, one list per round, or a reason why it has none. The row has so many seconds:
// rounds beyond the first few are left out where there is no time for them.
export async function runRow(row, rounds, seconds, progress) {
  const contenders = row.subjects.map((name) => new Contender(row, name))
  const begun = performance.now()
  for (let round = 1; round <= rounds; round++) {
    const sofar = (performance.now() - begun) / 1000
    if (round > FEWEST && sofar + sofar / (round - 1) > seconds) break
    const each = async (step) => {
      for (const contender of contenders) {
        progress(`${row.name}: round ${round} of ${rounds}, ${contender.name}`)
        await step(contender)
      }
    }
    await each((contender) => contender.enter())
    for (let turn = 0; turn < row.turns; turn++) await each((contender) => contender.turn())
    await each((contender) => contender.leave())
  }
  return contenders
}

class Contender {
  rounds = []
  #row
  #processes
  #sample

  constructor(row, name) {
    this.name = name
    this.#row = row
    this.reason = row.measure.missing(name)
    this.failed = false
  }

  enter() {
    return this.#attempt(async () => {
      this.rounds.push([])
      this.#processes = new Processes()
      this.#sample = await this.#row.measure.open(this.#processes.start, this.name, this.#row.parameters)
    })
  }

  turn() {
    return this.#attempt(async () => {
      this.rounds.at(-1).push(await this.#sample())
    })
  }

  leave() {
    return this.#processes?.stop()
  }

  async #attempt(work) {
    if (this.reason) return
    try {
      await Promise.race([work(), tooLate()])
    } catch (error) {
      this.reason = error.message
      this.failed = true
      await this.leave()
    }
  }
}

async function tooLate() {
  await setTimeout(PATIENCE * 1000, undefined, { ref: false })
  throw new Error(`no result within ${PATIENCE} seconds`)
}
