// `berkeley nc`: a connection's two ends are standard input and output.
// Rule: standard output has nothing but what came over the wire; everything that is said stands on standard error, with
//       --json as one object on each line.
import { type OSError, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_STREAM, type Socket } from 'berkeley'
import { acceptConnections } from '../../accept-loop.ts'
import { AddressError } from '../../addresses.ts'
import { connectTo } from '../../connect-endpoint.ts'
import { Deadline } from '../../deadline.ts'
import { type Endpoint, formatEndpoint, formatSocketAddress, parseEndpoint } from '../../endpoint.ts'
import { CommandFailure, UsageError } from '../../exit-status.ts'
import { allowManyWaits } from '../../interruption.ts'
import { listenOn } from '../../listen-endpoint.ts'
import { LINKTYPE_RAW, PcapFile } from '../../pcap.ts'
import type { Session } from '../../session.ts'
import { Activity } from './activity.ts'
import { HexDump } from './hex-dump.ts'
import { describeHeader, ownHeader, type ProxyVersion, receiveProxyHeader } from './proxy-header.ts'
import { DatagramRecorder, StreamRecorder, stationsOf } from './recorder.ts'
import { Remarks } from './remarks.ts'
import { type Input, openInput, SILENCE } from './standard-input.ts'
import { NOWHERE, type Output, OutputClosed, openOutput } from './standard-output.ts'
import { talk } from './talk.ts'
import { talkInDatagrams } from './talk-datagrams.ts'
import { type Direction, joinTaps, type Tap } from './tap.ts'

export interface NcOptions {
  readonly listen?: boolean
  readonly keepOpen?: boolean
  readonly udp?: boolean
  readonly seqpacket?: boolean
  readonly timeout: number
  readonly idle?: number
  readonly sendOnly?: boolean
  readonly recvOnly?: boolean
  readonly proxyProtocol?: ProxyVersion
  readonly hex?: boolean
  readonly record?: string
  readonly json?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
}

export async function nc(address: string, options: NcOptions, session: Session): Promise<void> {
  const endpoint = endpointOf(address, options)
  const capture = options.record === undefined ? null : new PcapFile(options.record, LINKTYPE_RAW)
  const netcat = new Netcat(endpoint, options, session, capture)
  try {
    await netcat.run()
  } catch (error) {
    // Whoever read our output has enough of it, as `head` has: that is no failure.
    if (!(error instanceof OutputClosed)) throw error
  } finally {
    netcat.close()
    capture?.close()
  }
}

function endpointOf(address: string, options: NcOptions): Endpoint {
  const { listen = false, keepOpen, udp, seqpacket, proxyProtocol } = options
  if (keepOpen && !listen) throw new UsageError('--keep-open goes with --listen')
  if (proxyProtocol && (udp || seqpacket)) throw new UsageError('--proxy-protocol is for streams')
  try {
    const endpoint = parseEndpoint(address, listen ? 'listen' : 'connect')
    if (seqpacket && endpoint.kind === 'host') throw new UsageError('--seqpacket is for unix: and vsock:')
    return endpoint
  } catch (error) {
    if (error instanceof AddressError) throw new UsageError(error.message)
    throw error
  }
}

class Netcat {
  readonly #endpoint: Endpoint
  readonly #options: NcOptions
  readonly #session: Session
  readonly #capture: PcapFile | null
  readonly #remarks: Remarks
  readonly #input: Input
  readonly #output: Output
  readonly #type: number

  constructor(endpoint: Endpoint, options: NcOptions, session: Session, capture: PcapFile | null) {
    this.#endpoint = endpoint
    this.#options = options
    this.#session = session
    this.#capture = capture
    this.#remarks = new Remarks(session.terminal, options)
    this.#input = options.recvOnly ? SILENCE : openInput()
    // A terminal would show what came twice, and obey it.
    const isShown = options.hex === true && process.stdout.isTTY === true
    this.#output = options.sendOnly || isShown ? NOWHERE : openOutput()
    this.#type = options.udp ? SOCK_DGRAM : options.seqpacket ? SOCK_SEQPACKET : SOCK_STREAM
  }

  async run(): Promise<void> {
    if (!this.#options.listen) await this.#connect()
    else if (this.#type === SOCK_DGRAM) await this.#hear()
    else await this.#listen()
  }

  close(): void {
    this.#input.close()
    this.#output.close()
  }

  async #connect(): Promise<void> {
    const { timeout, proxyProtocol } = this.#options
    const { signal } = this.#session.interruption
    const socket = await connectTo(this.#endpoint, { type: this.#type, timeout, signal })
    try {
      this.#remarks.detail({ event: 'connected', address: formatEndpoint(this.#endpoint) }, 'Connected to')
      if (this.#type === SOCK_DGRAM) return await this.#correspond(socket, true)
      const header = proxyProtocol === undefined ? null : ownHeader(socket, proxyProtocol)
      await this.#converse(socket, 'sent', socket.getpeername(), header)
    } finally {
      socket.close()
    }
  }

  async #listen(): Promise<void> {
    const { keepOpen = false } = this.#options
    const { interruption } = this.#session
    const done = new AbortController()
    allowManyWaits(done.signal)
    const stop = () => done.abort(interruption.signal.reason)
    interruption.signal.addEventListener('abort', stop, { once: true })
    const listener = await listenOn(this.#endpoint, { type: this.#type, signal: interruption.signal })
    let failure: unknown
    const onTrouble = (error: OSError) =>
      this.#remarks.warn(`cannot accept connections for now: ${error.message}`)
    const onConnection = async (socket: Socket<number>, address: unknown) => {
      const peer = formatSocketAddress(socket.family, address ?? '')
      this.#remarks.detail({ event: 'accepted', address: peer }, 'Connection from')
      // One is enough: the others are told by the kernel.
      if (!keepOpen) listener.close()
      try {
        await this.#converse(socket, 'received', address, null)
      } catch (error) {
        const goesOn = keepOpen && error instanceof CommandFailure && !interruption.signal.aborted
        if (goesOn) return this.#remarks.warn(`${peer}: ${error.message}`)
        failure = error
        done.abort()
      } finally {
        socket.close()
        if (!keepOpen) done.abort()
      }
    }
    try {
      this.#remarks.say({ event: 'listening', address: formatEndpoint(listener.endpoint) }, 'Listening on')
      // One after the other: there is one standard input, and one output.
      await acceptConnections(listener.socket, onConnection, {
        connections: 1,
        signal: done.signal,
        onTrouble,
      })
    } finally {
      interruption.signal.removeEventListener('abort', stop)
      listener.close()
    }
    if (interruption.signal.aborted && keepOpen) return
    if (failure !== undefined) throw failure
    interruption.signal.throwIfAborted()
  }

  /** Waits for datagrams. */
  async #hear(): Promise<void> {
    const { interruption } = this.#session
    const listener = await listenOn(this.#endpoint, { type: SOCK_DGRAM, signal: interruption.signal })
    try {
      this.#remarks.say({ event: 'listening', address: formatEndpoint(listener.endpoint) }, 'Listening on')
      await this.#correspond(listener.socket, false)
    } finally {
      listener.close()
    }
  }

  async #correspond(socket: Socket<number>, isConnected: boolean): Promise<void> {
    const { sendOnly = false, keepOpen = false } = this.#options
    await this.#during(async (signal, activity) => {
      const tapFor = async (peer: unknown) => {
        const capture = this.#capture
        return this.#tap(capture && new DatagramRecorder(capture, stationsOf(socket, peer)))
      }
      const onPeer = (peer: unknown) => {
        const address = formatSocketAddress(socket.family, peer ?? '')
        this.#remarks.detail({ event: 'heard', address }, 'Datagrams from')
      }
      const talking = {
        input: this.#input,
        output: this.#output,
        sendOnly,
        keepOpen,
        activity,
        tapFor,
        onPeer,
        signal,
      }
      await talkInDatagrams(socket, isConnected, talking)
    })
  }

  /** `opener` tells who connected: this side has `sent` the first packet, or `received` it. */
  async #converse(
    socket: Socket<number>,
    opener: Direction,
    peer: unknown,
    header: Buffer | null,
  ): Promise<void> {
    const { sendOnly = false, keepOpen = false, recvOnly = false } = this.#options
    await this.#during(async (signal, activity) => {
      const recorder = this.#capture && new StreamRecorder(this.#capture, stationsOf(socket, peer))
      recorder?.open(opener)
      const tap = this.#tap(recorder)
      if (header !== null) {
        await tap.bytes('sent', header)
        await socket.sendall(header, { signal })
      }
      const received = opener === 'received' ? await this.#expectHeader(socket, tap, signal) : NO_BYTES
      // A terminal has no end that anybody would wait for; nor has what is there for the next connection.
      const endsWithPeer = keepOpen || recvOnly || process.stdin.isTTY === true
      const talking = {
        input: this.#input,
        output: this.#output,
        sendOnly,
        endsWithPeer,
        tap,
        activity,
        received,
        signal,
      }
      await talk(socket, talking)
    })
  }

  async #expectHeader(socket: Socket<number>, tap: Tap, signal: AbortSignal): Promise<Buffer> {
    const { proxyProtocol, timeout } = this.#options
    if (proxyProtocol === undefined) return NO_BYTES
    const deadline = new Deadline(timeout, signal)
    try {
      const { header, bytes, rest } = await receiveProxyHeader(socket, proxyProtocol, deadline.signal)
      await tap.bytes('received', bytes)
      this.#remarks.say({ event: 'proxy-header', ...header }, 'PROXY header:', describeHeader(header))
      return rest
    } catch (error) {
      if (deadline.hasPassed) throw new CommandFailure(`no PROXY header within ${timeout} s`)
      throw error
    } finally {
      deadline.clear()
    }
  }

  #tap(recorder: Tap | null): Tap {
    const taps: Tap[] = recorder === null ? [] : [recorder]
    if (this.#options.hex) taps.push(new HexDump(this.#session.terminal))
    return joinTaps(taps)
  }

  /** Runs a conversation with its limits, and tells how much has moved. */
  async #during(converse: (signal: AbortSignal, activity: Activity) => Promise<void>): Promise<void> {
    const { signal: interruption } = this.#session.interruption
    const controller = new AbortController()
    allowManyWaits(controller.signal)
    const interrupt = () => controller.abort(interruption.reason)
    interruption.addEventListener('abort', interrupt, { once: true })
    if (interruption.aborted) interrupt()
    const activity = new Activity(this.#options.idle, controller)
    try {
      await converse(controller.signal, activity)
    } finally {
      activity.clear()
      interruption.removeEventListener('abort', interrupt)
      const { sent, received, seconds } = activity
      this.#remarks.detail(
        { event: 'end', sent, received, seconds },
        `Sent ${sent} bytes, received ${received}.`,
      )
    }
  }
}

const NO_BYTES = Buffer.alloc(0)
