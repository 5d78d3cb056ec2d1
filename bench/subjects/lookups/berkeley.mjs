// berkeley with promises: getaddrinfo.
import { getaddrinfo } from 'berkeley'
import { names, readDuring } from './reading.mjs'

await readDuring(() => Promise.all(names.map((name) => getaddrinfo(name, 80))))
