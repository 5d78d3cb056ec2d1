// A server on the socket that it was started with.
import { Socket } from 'berkeley'
import { AsyncTCPServer, sdListenFds } from 'berkeley/socketserver'
import { Echo } from '../socketserver/handlers.ts'

const [fd] = sdListenFds()
const server = new AsyncTCPServer<number>(new Socket<number>(undefined, undefined, undefined, fd), Echo)
const running = server.serveForever()
console.log('ready')
await running
