// Reads the values of options: each function takes what stands on the command line and gives the value, or
// says what the option must be.
import { InvalidArgumentError } from 'commander'
import { isPort } from './addresses.ts'

// A day. Node's timers end at 24.8 days, and nobody means that.
const LONGEST_SECONDS = 86_400

export function readPort(text: string): number {
  const port = readDigits(text)
  if (!isPort(port)) throw new InvalidArgumentError('It must be a number from 1 to 65535.')
  return port
}

/** A port to listen on, where 0 lets the system choose one. */
export function readListeningPort(text: string): number {
  return text === '0' ? 0 : readPort(text)
}

export function readSeconds(text: string): number {
  const seconds = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN
  if (!(seconds > 0 && seconds <= LONGEST_SECONDS)) {
    throw new InvalidArgumentError(`It must be seconds, more than 0 and at most ${LONGEST_SECONDS}.`)
  }
  return seconds
}

/** Reads a whole number from `least` to `most`. */
export function readCount(least: number, most: number): (text: string) => number {
  return (text) => {
    const count = readDigits(text)
    if (!(count >= least && count <= most)) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
    }
    return count
  }
}

export function readNumber(text: string): number {
  const number = text.trim() === '' ? Number.NaN : Number(text)
  if (!Number.isFinite(number)) throw new InvalidArgumentError('It must be a number.')
  return number
}

function readDigits(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
}
