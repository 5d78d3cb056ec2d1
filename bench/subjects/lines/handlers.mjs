// The handlers of the servers of lines.
import { StreamRequestHandler } from 'berkeley/socketserver'
import { fibonacci } from './fibonacci.mjs'

/** Says every line back. */
export class Echo extends StreamRequestHandler {
  static disableNagleAlgorithm = true
  async handle() {
    for await (const line of this.rfile) await this.wfile.write(line)
  }
}

/** Computes for a while. */
export class Fibonacci extends StreamRequestHandler {
  async handle() {
    for await (const line of this.rfile) await this.wfile.write(`${fibonacci(Number(line))}\n`)
  }
}
