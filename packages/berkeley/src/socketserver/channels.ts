// What others may watch: the channels of node:diagnostics_channel that servers publish to.
import { channel } from 'node:diagnostics_channel'

const name = (event: string) => `berkeley.socketserver.${event}`

/** `{ server, request, clientAddress }`: a request was taken. */
export const requestStart = channel(name('request.start'))
/** `{ server, request, clientAddress }`: a request is over, whichever way. */
export const requestEnd = channel(name('request.end'))
/** `{ server, request, clientAddress, error }`: a request failed. */
export const requestError = channel(name('request.error'))
/** `{ server, request, clientAddress }`: a request was turned away. */
export const requestRefused = channel(name('request.refused'))
/** `{ server, error }`: the system lacks something to take requests with; the server waits. */
export const acceptPause = channel(name('accept.pause'))
/** `{ server }`: the server takes requests again. */
export const acceptResume = channel(name('accept.resume'))
/** `{ server, worker }`: a thread or process began to serve. */
export const workerStart = channel(name('worker.start'))
/** `{ server, worker, error }`: a thread or process is gone; `error` says why, if it should not be. */
export const workerEnd = channel(name('worker.end'))
/** `{ server }`: a server stops taking requests. */
export const serverStop = channel(name('server.stop'))
