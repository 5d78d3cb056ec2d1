// For comparison: nothing is looked up meanwhile.
import { setTimeout } from 'node:timers/promises'
import { readDuring } from './reading.mjs'

await readDuring(() => setTimeout(200))
