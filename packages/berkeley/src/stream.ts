// `berkeley/stream`: node:stream and web streams over a socket. Re-exports only.
export { type DuplexOptions, SocketDuplex, toDuplex } from './stream/duplex.ts'
export { toWeb, type WebOptions, type WebStreams } from './stream/web.ts'
