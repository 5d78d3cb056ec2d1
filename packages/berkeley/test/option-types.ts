// What the compiler says of options: it compiles this with everything else, and a line that is marked as wrong and is not
// makes the build fail. Nothing of it runs.
import {
  type AF_BLUETOOTH,
  type AF_VSOCK,
  BT_SECURITY,
  btSecurity,
  CAN_RAW_FILTER,
  canFilter,
  type Encoded,
  IP_ADD_MEMBERSHIP,
  IP_TTL,
  IPPROTO_IP,
  IPPROTO_TCP,
  ipMreq,
  ipMreqn,
  ipMreqSource,
  L2CAP_OPTIONS,
  type Linger,
  linger,
  SO_BINDTODEVICE,
  SO_ERROR,
  SO_LINGER,
  SO_PEERCRED,
  SO_RCVTIMEO,
  SO_REUSEADDR,
  SO_TIMESTAMPING,
  SO_VM_SOCKETS_BUFFER_SIZE,
  SOL_BLUETOOTH,
  SOL_CAN_RAW,
  SOL_L2CAP,
  SOL_SOCKET,
  type Socket,
  soTimestamping,
  TCP_CONGESTION,
  TCP_INFO,
  TCP_NODELAY,
  TCP_USER_TIMEOUT,
  tcpInfo,
  timeval,
} from 'berkeley'
import type { Socket as BlockingSocket } from 'berkeley/blocking'

/** Whether two types are the same, and not only fit. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

function same<_Yes extends true>(): void {}

export function setsockoptTypes(socket: Socket, blocking: BlockingSocket, level: number, name: number): void {
  // An int.
  socket.setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, 5000)
  socket.setsockopt(SOL_SOCKET, SO_REUSEADDR, true)
  blocking.setsockopt(IPPROTO_TCP, TCP_NODELAY, false)
  // @ts-expect-error text is no int
  socket.setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, '5000')
  // @ts-expect-error nor are bytes
  socket.setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, Buffer.alloc(4))
  // @ts-expect-error nor nothing at all
  socket.setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, undefined)
  // @ts-expect-error in the blocking form as well
  blocking.setsockopt(IPPROTO_TCP, TCP_NODELAY, 'on')

  // A struct: what its codec makes, or bytes of one's own.
  socket.setsockopt(SOL_SOCKET, SO_LINGER, linger.encode({ onoff: true, linger: 0 }))
  socket.setsockopt(SOL_SOCKET, SO_LINGER, Buffer.alloc(8))
  socket.setsockopt(SOL_SOCKET, SO_LINGER, new Int32Array([1, 0]))
  socket.setsockopt(SOL_SOCKET, SO_RCVTIMEO, timeval.encode(1.5))
  socket.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, ipMreq.encode({ multiaddr: '224.0.0.1' }))
  socket.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, ipMreqn.encode({ multiaddr: '224.0.0.1' }))
  socket.setsockopt(SOL_CAN_RAW, CAN_RAW_FILTER, canFilter.encode([{ id: 1, mask: 1 }]))
  // @ts-expect-error a number is no struct
  socket.setsockopt(SOL_SOCKET, SO_LINGER, 1)
  // @ts-expect-error text is no struct
  socket.setsockopt(SOL_SOCKET, SO_LINGER, 'xxxxxxxx')
  // @ts-expect-error the object has to be encoded
  socket.setsockopt(SOL_SOCKET, SO_LINGER, { onoff: true, linger: 0 })
  // @ts-expect-error seconds have to be encoded
  socket.setsockopt(SOL_SOCKET, SO_RCVTIMEO, 1.5)
  // @ts-expect-error the bytes of another codec
  socket.setsockopt(SOL_SOCKET, SO_LINGER, timeval.encode(1.5))
  const membership = ipMreqSource.encode({ multiaddr: '232.0.0.1', sourceaddr: '10.0.0.1' })
  // @ts-expect-error the bytes of a codec that is nearly right
  socket.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, membership)

  // A name.
  socket.setsockopt(SOL_SOCKET, SO_BINDTODEVICE, 'eth0')
  socket.setsockopt(IPPROTO_TCP, TCP_CONGESTION, 'reno')
  socket.setsockopt(IPPROTO_TCP, TCP_CONGESTION, Buffer.from('reno'))
  // @ts-expect-error an index is no name
  socket.setsockopt(SOL_SOCKET, SO_BINDTODEVICE, 1)

  // Either.
  socket.setsockopt(SOL_SOCKET, SO_TIMESTAMPING, 16)
  socket.setsockopt(SOL_SOCKET, SO_TIMESTAMPING, soTimestamping.encode({ flags: 16 }))

  // What can only be read.
  // @ts-expect-error SO_ERROR
  socket.setsockopt(SOL_SOCKET, SO_ERROR, 0)
  // @ts-expect-error TCP_INFO
  socket.setsockopt(IPPROTO_TCP, TCP_INFO, Buffer.alloc(8))

  // What is not known before the program runs, or not at all: as it always was.
  socket.setsockopt(level, name, 1)
  socket.setsockopt(level, SO_LINGER, Buffer.alloc(8))
  socket.setsockopt(SOL_SOCKET, name, true)
  socket.setsockopt(SOL_SOCKET, 9999, new Uint8Array(8))
  socket.setsockopt(SOL_SOCKET, 9999, 5)
  socket.setsockopt(SOL_SOCKET, SO_LINGER, null, 8)
  // @ts-expect-error null without a length
  socket.setsockopt(SOL_SOCKET, 9999, null)
  // @ts-expect-error text is for options that are known to be names
  socket.setsockopt(level, name, 'text')
}

export function getsockoptTypes(socket: Socket, level: number, name: number): void {
  same<Same<number, ReturnType<typeof ttl>>>()
  function ttl() {
    return socket.getsockopt(IPPROTO_IP, IP_TTL)
  }
  const raw: Buffer = socket.getsockopt(IPPROTO_IP, IP_TTL, 4)
  const lingering: Encoded<Linger> = socket.getsockopt(SOL_SOCKET, SO_LINGER, 8)
  const { onoff }: { onoff: boolean } = linger.decode(lingering)
  linger.decode(raw)
  linger.decode(socket.getsockopt(SOL_SOCKET, SO_LINGER, 8))
  tcpInfo.decode(socket.getsockopt(IPPROTO_TCP, TCP_INFO, 512))
  // @ts-expect-error the codec of another option
  timeval.decode(socket.getsockopt(SOL_SOCKET, SO_LINGER, 8))
  // @ts-expect-error and once more
  linger.decode(socket.getsockopt(SOL_SOCKET, SO_PEERCRED, 12))
  // @ts-expect-error a struct has no number
  socket.getsockopt(SOL_SOCKET, SO_LINGER)
  // @ts-expect-error a name has no number
  socket.getsockopt(IPPROTO_TCP, TCP_CONGESTION)
  const either: number = socket.getsockopt(level, name)
  const bytes: Buffer = socket.getsockopt(level, name, 8)
  linger.decode(bytes)
  socket.getsockopt(SOL_SOCKET, 9999)
  void [onoff, either]
}

export function otherFamilies(
  l2cap: Socket<typeof AF_BLUETOOTH>,
  vsock: Socket<typeof AF_VSOCK>,
  tcp: Socket,
  afVsock: typeof AF_VSOCK,
): void {
  // SOL_L2CAP is SOL_TCP, and L2CAP_OPTIONS is TCP_NODELAY: the family tells.
  l2cap.setsockopt(SOL_L2CAP, L2CAP_OPTIONS, Buffer.alloc(12))
  l2cap.setsockopt(SOL_BLUETOOTH, BT_SECURITY, btSecurity.encode({ level: 2 }))
  // @ts-expect-error struct l2cap_options
  l2cap.setsockopt(SOL_L2CAP, L2CAP_OPTIONS, 1)
  // @ts-expect-error an int, for a socket of TCP
  tcp.setsockopt(SOL_L2CAP, L2CAP_OPTIONS, Buffer.alloc(12))
  vsock.setsockopt(afVsock, SO_VM_SOCKETS_BUFFER_SIZE, 2 ** 20)
  const size: number = vsock.getsockopt(afVsock, SO_VM_SOCKETS_BUFFER_SIZE)
  void size
}
