// What every sender here sends: so many times the first 64 KiB of a file.
import { closeSync, openSync, readSync } from 'node:fs'

const [path, count] = process.argv.slice(2)
const file = openSync(path, 'r')

export const blocks = Number(count)
export const block = Buffer.alloc(65536)
readSync(file, block)
closeSync(file)
