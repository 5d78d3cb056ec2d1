// node:dns, lookup: what every socket of Node's uses.
import { lookup } from 'node:dns/promises'
import { names, readDuring } from './reading.mjs'

await readDuring(() => Promise.all(names.map((name) => lookup(name, { all: true }))))
