// A test of a program of examples/families, where the machine has the family.
import { example, programTest, type Running } from '../examples/program.ts'
import type { Scope } from '../scope.ts'
import { type Kind, lacking } from './lacking.ts'

/** Starts a program of examples/families. */
export const familyExample = (t: Scope, name: string, ...args: string[]): Running =>
  example(t, `families/${name}`, ...args)

export function exampleTest(kind: Kind, name: string, body: (t: Scope) => unknown): void {
  programTest(name, body, lacking(kind))
}

/** Something like a port, that nobody else has here. */
export const freePort = (): string => String(20_000 + (process.pid % 10_000) + ++ports)
let ports = 0
