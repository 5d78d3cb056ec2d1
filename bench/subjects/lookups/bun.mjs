// Bun's own lookup, as its sockets have it by default.
import { dns } from 'bun'
import { names, readDuring } from './reading.mjs'

await readDuring(() => Promise.all(names.map((name) => dns.lookup(name))))
