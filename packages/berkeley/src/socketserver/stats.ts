// What a server tells about itself.

/** One thread or process of a server. */
export interface WorkerStats {
  /** The thread's or the process's number. */
  readonly id: number
  /** The requests it serves now. */
  readonly active: number
  /** The requests it has served. */
  readonly served: number
}

/** What `server.stats()` gives. */
export interface ServerStats {
  /** Requests that were taken. */
  readonly accepted: number
  /** Requests that are served now. */
  readonly active: number
  /** Requests that were taken and wait for a thread or process. */
  readonly queued: number
  /** Requests that were turned away: by `verifyRequest`, or for want of a proper header. */
  readonly refused: number
  /** Requests that ended with an error. */
  readonly failed: number
  /** How often the server had to wait for descriptors or memory before it could take a request. */
  readonly paused: number
  /** Bytes from the clients, of requests that are over. */
  readonly bytesReceived: number
  /** Bytes to the clients, of requests that are over. */
  readonly bytesSent: number
  /** Its threads or processes; none if it serves in its own thread. */
  readonly workers: readonly WorkerStats[]
}

/** What is counted on the way. */
export class Counters {
  accepted = 0
  refused = 0
  failed = 0
  paused = 0
  bytesReceived = 0
  bytesSent = 0

  addBytes({ received, sent }: { readonly received: number; readonly sent: number }): void {
    this.bytesReceived += received
    this.bytesSent += sent
  }
}
