// Changes of inputs that are known to reach something.

const LONGEST = 2048
// Numbers at which decoders change their minds, as little and as big endian.
const NUMBERS = [
  0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 32, 64, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff, 0x7fffffff,
]
const SIZES = [1, 2, 4, 8]

/** A generator of whole numbers below what it is asked for, the same for the same seed (xorshift). */
export function randomFrom(seed) {
  let state = seed | 0 || 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

const place = (input, random) => random(input.length + 1)

function writeNumber(input, random) {
  const size = SIZES[random(SIZES.length)]
  if (input.length < size) return input
  const value = BigInt(NUMBERS[random(NUMBERS.length)]) * (random(4) === 0 ? -1n : 1n)
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(value)
  const number = bytes.subarray(0, size)
  if (random(2) === 0) number.reverse()
  const copy = Buffer.from(input)
  // Most numbers are aligned.
  const at = random(input.length - size + 1)
  copy.set(number, random(4) === 0 ? at : at - (at % size))
  return copy
}

const changes = [
  (input, random) => {
    if (input.length === 0) return input
    const copy = Buffer.from(input)
    copy[random(copy.length)] ^= 1 << random(8)
    return copy
  },
  (input, random) => {
    if (input.length === 0) return input
    const copy = Buffer.from(input)
    copy[random(copy.length)] = random(256)
    return copy
  },
  writeNumber,
  writeNumber,
  (input, random) => input.subarray(0, place(input, random)),
  (input, random) => {
    const at = place(input, random)
    const added = Buffer.alloc(1 << random(6), random(3) === 0 ? random(256) : 0)
    return Buffer.concat([input.subarray(0, at), added, input.subarray(at)])
  },
  (input, random) => {
    const at = place(input, random)
    return Buffer.concat([input.subarray(0, at), input.subarray(at + 1 + random(8))])
  },
  // A part of it once more, or in another place.
  (input, random) => {
    const from = place(input, random)
    const part = input.subarray(from, from + 1 + random(32))
    const at = place(input, random)
    return Buffer.concat([input.subarray(0, at), part, input.subarray(at)])
  },
  // The beginning of one and the end of another.
  (input, random, corpus) => {
    const other = corpus[random(corpus.length)]
    return Buffer.concat([input.subarray(0, place(input, random)), other.subarray(place(other, random))])
  },
]

/** One of `corpus`, changed once or a few times. */
export function mutate(corpus, random) {
  let input = corpus[random(corpus.length)]
  for (let times = 1 + random(4); times > 0; times--) {
    input = changes[random(changes.length)](input, random, corpus)
  }
  return input.subarray(0, LONGEST)
}
