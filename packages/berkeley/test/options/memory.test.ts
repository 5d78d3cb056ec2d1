// No option, whatever it is and however much room it is given, is written beyond that room; and no bytes that are set, of
// the right codec or another, do harm. What lies around the room is looked at after every call.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  AF_INET,
  AF_INET6,
  AF_NETLINK,
  AF_PACKET,
  AF_UNIX,
  bpf,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_STREAM,
  SOL_IP,
  SOL_IPV6,
  SOL_NETLINK,
  SOL_PACKET,
  SOL_SOCKET,
  SOL_TCP,
  SOL_UDP,
  Socket,
} from 'berkeley'
import { attachFilter } from 'berkeley/options'
import fc from 'fast-check'
import * as codecs from '#core/structs/index.js'
import { native } from '#sys/native.js'

const AROUND = 8192
const CANARY = 0xc7
const LARGEST_ROOM = 1024
const canaries = Buffer.alloc(2 * AROUND + LARGEST_ROOM, CANARY)
const NAMES = 140
/** Beyond them are the tables of netfilter, which are the machine's and not the socket's. */
const OWN_NAMES = 60

const sockets: readonly (readonly [family: number, type: number, ...levels: number[]])[] = [
  [AF_INET, SOCK_STREAM, SOL_SOCKET, SOL_IP, SOL_TCP],
  [AF_INET6, SOCK_DGRAM, SOL_SOCKET, SOL_IPV6, SOL_UDP],
  [AF_UNIX, SOCK_STREAM, SOL_SOCKET],
  [AF_NETLINK, SOCK_RAW, SOL_NETLINK],
  [AF_PACKET, SOCK_RAW, SOL_PACKET],
]

/** The socket, or null where nobody gives us one. */
function open(family: number, type: number): Socket<number> | null {
  try {
    return new Socket<number>(family, type)
  } catch {
    return null
  }
}

describe('memory', () => {
  for (const [family, type, ...levels] of sockets) {
    test(`reading options writes no more than there is room for: family ${family}`, (t) => {
      using socket = open(family, type)
      if (socket === null) return t.skip('no such sockets')
      // Longer in bytes than there is room, but not in instructions.
      if (levels.includes(SOL_SOCKET)) attachFilter(socket, Array(LARGEST_ROOM - 24).fill(bpf.accept()))
      const memory = Buffer.alloc(canaries.length)
      const isUntouched = (start: number, end?: number) =>
        memory.subarray(start, end).equals(canaries.subarray(start, end))
      for (const level of levels) {
        for (let name = 0; name < NAMES; name++) {
          for (const room of [0, 1, 2, 3, 4, 7, 8, 12, 16, 60, 64, 144, LARGEST_ROOM]) {
            memory.fill(CANARY)
            memory.fill(0, AROUND, AROUND + room)
            native.getsockopt(socket.fileno(), level, name, memory.subarray(AROUND, AROUND + room))
            assert.ok(
              isUntouched(0, AROUND) && isUntouched(AROUND + room),
              `level ${level}, option ${name}, room ${room}`,
            )
          }
        }
      }
    })
  }

  const encoded: readonly Buffer[] = [
    codecs.linger.encode({ onoff: true, linger: 1 }),
    codecs.timeval.encode(1),
    codecs.ipMreq.encode({ multiaddr: '239.9.9.7' }),
    codecs.groupReq.encode({ group: 'ff15::9:7' }),
    codecs.groupSourceReq.encode({ group: '232.9.9.7', source: '127.0.0.9' }),
    codecs.groupFilter.encode({ group: '239.9.9.7', fmode: 1, slist: ['127.0.0.9'] }),
    codecs.packetMreq.encode({ ifindex: 1, type: 0 }),
    codecs.sockTxtime.encode({ clockid: 1 }),
    codecs.canIsotpOptions.encode({}),
    codecs.tcpInfo.encode({ sndCwnd: 1 }),
  ]
  // A pointer to nothing: what the kernel takes for addresses of memory is not there.
  const anyBytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom(...encoded)
      .chain((bytes) => fc.nat(bytes.length).map((length) => bytes.subarray(0, length))),
  )

  for (const [family, type, ...levels] of sockets) {
    test(`bytes of any codec, cut anywhere, and any others: family ${family}`, (t) => {
      const probe = open(family, type)
      if (probe === null) return t.skip('no such sockets')
      probe.close()
      const option = fc.tuple(fc.constantFrom(...levels), fc.nat(OWN_NAMES))
      const holds = ([level, name]: [number, number], bytes: Buffer) => {
        using socket = open(family, type)
        if (socket === null) return
        try {
          socket.setsockopt(level, name, bytes)
        } catch (error) {
          const { syscall, errno } = error as { syscall?: string; errno?: number }
          assert.ok(syscall === 'setsockopt' && errno! > 0, String(error))
        }
      }
      // Closing a packet socket takes long: the kernel waits until no processor can be using it.
      fc.assert(fc.property(option, anyBytes, holds), { numRuns: family === AF_PACKET ? 40 : 400 })
    })
  }
})
