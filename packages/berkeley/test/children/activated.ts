// A service as systemd starts it: says the name of each socket that it got, and serves the first.
import { Socket } from 'berkeley'
import { AsyncTCPServer, StreamRequestHandler, sdListenFdsWithNames, sdNotify } from 'berkeley/socketserver'

class Named extends StreamRequestHandler {
  override async handle() {
    for await (const line of this.rfile) await this.wfile.write(`${process.pid} ${names} ${line}`)
  }
}

const given = sdListenFdsWithNames()
const names = given.map(([, name]) => name)
const server = new AsyncTCPServer<number>(
  new Socket<number>(undefined, undefined, undefined, given[0]![0]),
  Named,
)
const running = server.serveForever()
sdNotify('READY=1')
console.log('ready')
await running
