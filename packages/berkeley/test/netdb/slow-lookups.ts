// Runs in a world whose name server is silent: a hundred lookups, and a file read meanwhile.
import { readFile } from 'node:fs/promises'
import { type gaierror, getaddrinfo } from 'berkeley'
import { descriptors } from '../descriptors.ts'
import { lookupThreads } from './threads.ts'
import './warm-up.ts'

const LOOKUPS = 100

const before = descriptors()

const events: string[] = []
const lookups = Array.from({ length: LOOKUPS }, async (_, i) => {
  try {
    await getaddrinfo(`host${i}.example.`, 80)
    return 'found'
  } catch (error) {
    return (error as gaierror).code
  } finally {
    events.push('lookup')
  }
})
await readFile('/etc/hosts')
events.push('file')
const threads = lookupThreads()
const codes = await Promise.all(lookups)

const left = descriptors().filter((descriptor) => !before.includes(descriptor))
console.log(JSON.stringify({ events, codes, threads, left }))
