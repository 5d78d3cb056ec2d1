// The wire between Python and a host: frames of JSON over one descriptor. It knows nothing of sockets and of
// the library, and stands on node:net, so that what measures the library does not stand on it. README.md has
// the format.
import { Socket as Channel } from 'node:net'

const HEADER = 4

/** Calls `receive` with each request that comes over the descriptor; gives what sends an answer. */
export function openChannel(fd, receive) {
  const channel = new Channel({ fd, readable: true, writable: true })
  // Chunks are joined once per frame: frames of many megabytes come in many chunks.
  let chunks = []
  let missing = HEADER
  let inHeader = true
  channel.on('data', (chunk) => {
    for (let rest = chunk; rest.length > 0; ) {
      const part = rest.subarray(0, missing)
      rest = rest.subarray(part.length)
      missing -= part.length
      chunks.push(part)
      if (missing > 0) return
      const whole = Buffer.concat(chunks)
      chunks = []
      missing = inHeader ? whole.readUInt32BE() : HEADER
      inHeader = !inHeader
      if (inHeader) receive(JSON.parse(whole.toString()))
    }
  })
  // The host lives as long as the Python that started it.
  for (const event of ['end', 'close', 'error']) channel.on(event, () => process.exit(0))
  return (answer) => {
    const body = Buffer.from(JSON.stringify(answer))
    const header = Buffer.alloc(HEADER)
    header.writeUInt32BE(body.length)
    channel.write(Buffer.concat([header, body]))
  }
}
