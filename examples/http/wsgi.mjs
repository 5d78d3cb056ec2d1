// @ts-check
// What a web server is underneath: a small HTTP server for applications like those of Python's WSGI, which know nothing of
// sockets: a function from the request to the answer. One request for each connection, many connections at once.
//
//   node examples/http/wsgi.mjs [PORT [HOST]]
//   curl --data "how are you" "http://127.0.0.1:8000/greet?loud"      prints POST /greet?loud: how are you
import { AsyncTCPServer, StreamRequestHandler } from 'berkeley/socketserver'

/** The application. @param {Record<string, any>} environ @param {(status: string, headers: string[][]) => void} startResponse */
function application(environ, startResponse) {
  const { REQUEST_METHOD: method, PATH_INFO: path, QUERY_STRING: query, 'wsgi.input': body } = environ
  startResponse('200 OK', [['Content-Type', 'text/plain; charset=utf-8']])
  return [`${method} ${path}?${query}: `, body, '\n']
}

class Handler extends StreamRequestHandler {
  static timeout = 30 // Seconds, for each step.
  static maxRequestSize = 1_000_000 // Bytes. Who sends more is cut off.

  async handle() {
    const environ = await this.readRequest()
    let head = 'HTTP/1.1 400 Bad Request\r\n'
    const startResponse = (/** @type {string} */ status, /** @type {string[][]} */ headers) => {
      head = [`HTTP/1.1 ${status}`, ...headers.map((pair) => pair.join(': ')), ''].join('\r\n')
    }
    const chunks = environ === null ? [] : application(environ, startResponse)
    const body = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk)))
    await this.wfile.write(`${head}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n`)
    if (environ?.REQUEST_METHOD !== 'HEAD') await this.wfile.write(body)
  }

  /** The request as WSGI has it; null if it is none. */
  async readRequest() {
    const first = (await this.rfile.readline()).toString('latin1')
    const [, method, path, query] = /^([A-Z]+) (\/[^\s?]*)\??(\S*) HTTP\/1\.[01]\r?\n$/.exec(first) ?? []
    /** @type {Record<string, any>} */
    const environ = { REQUEST_METHOD: method, PATH_INFO: path, QUERY_STRING: query, CONTENT_LENGTH: '0' }
    for await (const line of this.rfile) {
      const text = line.toString('latin1').trimEnd()
      if (text === '') break // The blank line that ends them.
      const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(text) ?? []
      if (name === undefined) return null
      const key = name.toUpperCase().replaceAll('-', '_')
      environ[/^CONTENT_(TYPE|LENGTH)$/.test(key) ? key : `HTTP_${key}`] = value
    }
    if (!method || !/^\d+$/.test(environ.CONTENT_LENGTH) || environ.HTTP_TRANSFER_ENCODING) return null
    environ['wsgi.input'] = await this.rfile.read(Number(environ.CONTENT_LENGTH))
    return environ['wsgi.input'].length < Number(environ.CONTENT_LENGTH) ? null : environ
  }
}

class Server extends AsyncTCPServer {
  static allowReuseAddress = true // So that it can be started again at once.
}

const [port = '8000', host = '127.0.0.1'] = process.argv.slice(2)
const server = new Server([host, Number(port)], Handler)
console.log(`listening on ${server.socket.getsockname().join(':')}`)
await server.serveForever()
