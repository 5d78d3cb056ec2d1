// All tests of address families in one process, because it takes seconds to start one in the machine.
import { readdirSync } from 'node:fs'

const tests = new URL('../../packages/berkeley/build/test/', import.meta.url)
const families = new URL('families/', tests)
const files = readdirSync(families).filter((name) => name.endsWith('.test.js'))

await import(new URL('families.test.js', tests).href)
for (const name of files) await import(new URL(name, families).href)
