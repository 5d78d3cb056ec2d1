// @ts-check
// Receives a record as JSON and prints it, by calls that block.
//
//   node examples/records/client.mjs [PORT [HOST]]
//
// prints
//
//   { name: 'Ada', height: 165 }
import { createConnection } from 'berkeley/blocking'

const [port = '7777', host = '127.0.0.1'] = process.argv.slice(2)
const MOST_BYTES = 1_000_000

const connection = createConnection([host, Number(port)], { timeout: 5 })
// `read` goes on until the server has sent all, or this many bytes: what one recv gives may be a part.
const bytes = connection.makefile('rb').read(MOST_BYTES + 1)
connection.close()
if (bytes.length > MOST_BYTES) throw new Error(`a record of more than ${MOST_BYTES} bytes`)
console.log(JSON.parse(bytes.toString()))
