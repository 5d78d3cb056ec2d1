// A service as inetd starts it: its socket is standard input.
import { serveInetd } from 'berkeley/socketserver'
import { Echo, EchoPacket } from '../socketserver/handlers.ts'

await serveInetd(process.argv[2] === 'datagrams' ? EchoPacket : Echo)
