// The handlers of the servers of lines.
import { StreamRequestHandler } from 'berkeley/socketserver'

/** Says every line back. */
export class Echo extends StreamRequestHandler {
  static disableNagleAlgorithm = true
  async handle() {
    for await (const line of this.rfile) await this.wfile.write(line)
  }
}

/** Computes a number of Fibonacci's, the slow way. */
export class Fibonacci extends StreamRequestHandler {
  async handle() {
    for await (const line of this.rfile) await this.wfile.write(`${fibonacci(Number(line))}\n`)
  }
}

export function fibonacci(n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2)
}
