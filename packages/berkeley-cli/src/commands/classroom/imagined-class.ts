// A class of students that do not exist, for the demonstration.
// Rule: the same seed gives the same class, on every machine; no two students have the same body.
import { isSameBody, SIZES, type Student } from './student.ts'

const FIRST_ID = 1_527_406_001

/** `count` students with different, plausible bodies. */
export function imagineClass(count: number, seed: number): Student[] {
  const random = randomNumbers(seed)
  const students: Student[] = []
  while (students.length < count) {
    const student = imagineStudent(FIRST_ID + students.length, random)
    if (!students.some((other) => isSameBody(student, other))) students.push(student)
  }
  return students
}

/** Mulberry32: numbers from 0 to 1, enough for bodies and not for secrets. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function imagineStudent(id: number, random: () => number): Student {
  const height = Math.round(normal(random, 174, 9))
  const bodyMassIndex = Math.max(17, normal(random, 23, 3))
  const weight = Math.round(bodyMassIndex * (height / 100) ** 2)
  return { id, height, weight, size: sizeFor(height, bodyMassIndex) }
}

/** Clothes follow the girth more than the height. */
function sizeFor(height: number, bodyMassIndex: number): Student['size'] {
  const place = Math.round(2 + (height - 174) / 14 + (bodyMassIndex - 22.5) / 3)
  return SIZES[Math.min(Math.max(place, 0), SIZES.length - 1)]!
}

/** A normally distributed number, by Box and Muller. */
function normal(random: () => number, mean: number, deviation: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()))
  return mean + deviation * radius * Math.cos(2 * Math.PI * random())
}
