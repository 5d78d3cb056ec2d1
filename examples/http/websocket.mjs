// @ts-check
// A WebSocket (RFC 6455) underneath: a handshake in HTTP, then frames in both directions (frames.mjs). Sends every message
// back.
//
//   node examples/http/websocket.mjs [PORT [HOST]]
//
// and in the console of a browser
//
//   socket = new WebSocket('ws://127.0.0.1:8001')
//   socket.onmessage = (event) => console.log(event.data)
//   socket.send('hello')
import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { AsyncTCPServer, StreamRequestHandler } from 'berkeley/socketserver'
import { CLOSE, frame, NO_TEXT, NORMAL, PING, PONG, Refusal, readMessages, TEXT } from './frames.mjs'

class Echo extends StreamRequestHandler {
  static timeout = 300 // Seconds, for each step.

  async handle() {
    let key = ''
    for await (const line of this.rfile) {
      key = /^sec-websocket-key:\s*(\S+)/i.exec(line.toString('latin1'))?.[1] ?? key
      if (line.length <= 2) break // The blank line that ends the request.
    }
    if (key === '') return void (await this.wfile.write('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
    const answer = ['101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade']
    await this.wfile.write(`HTTP/1.1 ${answer.join('\r\n')}\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`)
    const status = await this.echo()
    await this.wfile.write(frame(CLOSE, Buffer.of(status >> 8, status & 0xff)))
  }

  /** Until the client closes, or does what it must not; gives the status to close with. */
  async echo() {
    try {
      for await (const { type, payload } of readMessages(this.rfile)) {
        if (type === CLOSE) break
        if (type === TEXT && !isUtf8(payload)) return NO_TEXT
        if (type !== PONG) await this.wfile.write(frame(type === PING ? PONG : type, payload))
      }
      return NORMAL
    } catch (error) {
      if (error instanceof Refusal) return error.status
      throw error
    }
  }
}

class Server extends AsyncTCPServer {
  static allowReuseAddress = true // So that it can be started again at once.
}

const [port = '8001', host = '127.0.0.1'] = process.argv.slice(2)
const server = new Server([host, Number(port)], Echo)
console.log(`listening on ${server.socket.getsockname().join(':')}`)
await server.serveForever()
