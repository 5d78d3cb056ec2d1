// What a socket does that may have to wait: the contract and the documentation, once for both forms.
// `Form` is 'async' (results are promises) or 'blocking' (results are plain values). The methods are made from the table
// in ops/prepare.ts by socket.ts.
import type { AddressOf, ReturnedAddressOf } from './core/address/index.ts'
import type { Batch, Message } from './core/batch.ts'
import type { Data, WritableBytes } from './core/bytes.ts'
import type { AncillaryInput, AncillaryMessage } from './core/control.ts'
import type { Form, Waiting } from './core/form.ts'
import type { File } from './ops/file-transfer.ts'
import type { MessageInput } from './ops/outgoing.ts'
import type { AfalgMessage, WaitOptions } from './ops/prepare.ts'
import type { BlockingSocket, Socket } from './socket.ts'

export type { Form, Waiting }

/** `{ signal }`, where waiting can be aborted. */
export type Options<F extends Form> = F extends 'async' ? WaitOptions : never

/** Flags (`MSG_PEEK | …`), or options that may hold them. */
export type Flags<F extends Form> = number | Options<F>

/** The socket class of a form. */
export type SocketOf<F extends Form, Family extends number> = F extends 'async'
  ? Socket<Family>
  : BlockingSocket<Family>

/** A socket that comes connected, typed as what iterating over it yields. */
export type Connected<F extends Form, Family extends number> = Iterating<F, Buffer> & SocketOf<F, Family>

/** A socket that comes listening, typed as what iterating over it yields. */
export type Listening<F extends Form, Family extends number> = Iterating<
  F,
  [socket: Connected<F, Family>, address: ReturnedAddressOf<Family>]
> &
  SocketOf<F, Family>

type Iterating<F extends Form, Item> = F extends 'async' ? AsyncIterable<Item> : Iterable<Item>

/** What iterating over a socket yields: connections, chunks or datagrams, by what kind of socket it is. */
export type Iterated<F extends Form, Family extends number> =
  | [socket: Connected<F, Family>, address: ReturnedAddressOf<Family>]
  | [data: Buffer, address: ReturnedAddressOf<Family>]
  | Buffer

/** The methods of a socket that may have to wait. */
export interface WaitingMethods<Family extends number, F extends Form> {
  /**
   * accept - take the next connection from a listening socket
   *
   * Connections that died in the backlog are passed over.
   *
   * @param options `{ signal }` to give up (promises only)
   * @returns the new socket, whose time limit is the default one, and the address of its peer
   * @throws OSError EINVAL if it does not listen; EMFILE or ENFILE if there are too many descriptors (the connection
   *   then stays in the backlog); TimeoutError; BlockingIOError
   * @example
   * const [connection, address] = await server.accept()
   * @see man 2 accept4
   */
  accept(options?: Options<F>): Waiting<F, [socket: Connected<F, Family>, address: ReturnedAddressOf<Family>]>

  /**
   * connect - connect to an address
   *
   * A host name is looked up, and its first address is taken; `createConnection` tries them all. After an error or an
   * abort the socket should be closed.
   *
   * @param address as the family has it: `['example.org', 80]`, `['::1', 80]`, `'/run/app.sock'`
   * @param options `{ signal }` to give up (promises only)
   * @throws ConnectionRefusedError, TimeoutError, OSError (ENETUNREACH, EHOSTUNREACH, …); gaierror for a name; TypeError
   *   and RangeError for an address that is none
   * @example
   * await socket.connect(['127.0.0.1', 7])
   * @see man 2 connect
   */
  connect(address: AddressOf<Family>, options?: Options<F>): Waiting<F, void>

  /**
   * connectEx - connect to an address, with the error's number as the result
   *
   * @param address as of `connect`
   * @param options `{ signal }` to give up (promises only)
   * @returns 0, or the errno: `ECONNREFUSED`, … `EAGAIN` when the time limit is over
   * @throws gaierror for a name; TypeError and RangeError for an address that is none
   * @example
   * if ((await socket.connectEx(['127.0.0.1', 7])) !== 0) console.log('nobody there')
   * @see man 2 connect
   */
  connectEx(address: AddressOf<Family>, options?: Options<F>): Waiting<F, number>

  /**
   * recv - receive what has come, up to a size
   *
   * @param bufsize the most bytes to receive, 0 to 2147479552
   * @param flags `MSG_PEEK`, `MSG_WAITALL`, … or `{ flags, signal }`. With `MSG_WAITALL` the result is short only at the
   *   end of the stream, or if the time limit or an abort came after the first byte.
   * @returns the bytes; none at the end of the stream
   * @throws ConnectionResetError, TimeoutError, BlockingIOError; OSError ENOTCONN
   * @example
   * const data = await socket.recv(4096)
   * @see man 2 recv
   */
  recv(bufsize: number, flags?: Flags<F>, options?: Options<F>): Waiting<F, Buffer>

  /**
   * recvInto - receive into memory of the caller
   *
   * @param buffer the memory; it must not be used for something else until the operation is over
   * @param nbytes the most bytes to receive; 0 (the default) for as many as `buffer` holds
   * @param flags as of `recv`
   * @returns how many bytes came; 0 at the end of the stream
   * @throws as `recv`; RangeError if `nbytes` is more than `buffer` holds
   * @example
   * const count = await socket.recvInto(buffer)
   * @see man 2 recv
   */
  recvInto(
    buffer: WritableBytes,
    nbytes?: number | Options<F>,
    flags?: Flags<F>,
    options?: Options<F>,
  ): Waiting<F, number>

  /**
   * recvfrom - receive a message and who sent it
   *
   * @param bufsize the most bytes to receive; what a datagram has beyond that is lost
   * @param flags as of `recv`
   * @returns the bytes and the sender's address; the address is `null` where the kernel tells none: on a connected
   *   stream, and for a Unix socket without a name
   * @throws as `recv`; ConnectionRefusedError when a datagram sent before was refused
   * @example
   * const [data, address] = await socket.recvfrom(65535)
   * @see man 2 recvfrom
   */
  recvfrom(bufsize: number, flags?: Flags<F>): Waiting<F, [data: Buffer, address: ReturnedAddressOf<Family>]>

  /**
   * recvfromInto - receive a message into memory of the caller, and who sent it
   *
   * @param buffer the memory
   * @param nbytes the most bytes to receive; 0 (the default) for as many as `buffer` holds
   * @param flags as of `recv`
   * @returns how many bytes came, and the sender's address
   * @throws as `recvInto`
   * @example
   * const [count, address] = await socket.recvfromInto(buffer)
   * @see man 2 recvfrom
   */
  recvfromInto(
    buffer: WritableBytes,
    nbytes?: number | Options<F>,
    flags?: Flags<F>,
    options?: Options<F>,
  ): Waiting<F, [count: number, address: ReturnedAddressOf<Family>]>

  /**
   * send - send what can be sent now
   *
   * @param data text (as UTF-8), a buffer or a view
   * @param flags `MSG_OOB`, `MSG_MORE`, … or `{ flags, signal }`
   * @returns how many bytes the kernel took: it may be fewer than there are. `sendall` goes on until all are sent.
   * @throws BrokenPipeError, ConnectionResetError, TimeoutError, BlockingIOError; OSError EMSGSIZE for a datagram that
   *   is too long, ENOTCONN
   * @example
   * const count = await socket.send('hello')
   * @see man 2 send
   */
  send(data: Data, flags?: Flags<F>, options?: Options<F>): Waiting<F, number>

  /**
   * sendall - send all of it
   *
   * Two at the same time do not mix: the second begins when the first is done. After an error it is not known how much
   * was sent.
   *
   * @param data text (as UTF-8), a buffer or a view; it must not be changed until the operation is over
   * @param flags as of `send`
   * @throws as `send`; the time limit is one for all of it
   * @example
   * await socket.sendall('hello\n')
   * @see man 2 send
   */
  sendall(data: Data, flags?: Flags<F>, options?: Options<F>): Waiting<F, void>

  /**
   * sendto - send a message to an address
   *
   * @param data text (as UTF-8), a buffer or a view
   * @param address as the family has it; a host name is looked up
   * @returns how many bytes were sent
   * @throws as `send`; gaierror for a name; TypeError and RangeError for an address that is none
   * @example
   * await socket.sendto('hello', ['127.0.0.1', 7])
   * @see man 2 sendto
   */
  sendto(data: Data, address: AddressOf<Family>, options?: Options<F>): Waiting<F, number>
  /**
   * sendto - send a message to an address, with flags
   *
   * @param data text (as UTF-8), a buffer or a view
   * @param flags `MSG_CONFIRM`, `MSG_DONTROUTE`, …
   * @param address as the family has it; a host name is looked up
   * @returns how many bytes were sent
   */
  sendto(data: Data, flags: number, address: AddressOf<Family>, options?: Options<F>): Waiting<F, number>

  /**
   * recvmsg - receive a message with its control data
   *
   * @param bufsize the most bytes of data to receive
   * @param ancbufsize how many bytes of control data there is room for: `CMSG_SPACE(…)` of each message; 0 by default
   * @param flags as of `recv`; `MSG_ERRQUEUE` for the queue of errors. Descriptors always come close-on-exec.
   * @returns the data; the control messages as `[level, type, data]`; the flags that the message came with (`MSG_TRUNC`,
   *   `MSG_CTRUNC`, `MSG_EOR`, …); the sender's address, or `null`
   * @throws as `recv`
   * @example
   * const [data, ancillary, flags, address] = await socket.recvmsg(1024, CMSG_SPACE(4))
   * @see man 2 recvmsg
   */
  recvmsg(
    bufsize: number,
    ancbufsize?: number | Options<F>,
    flags?: Flags<F>,
    options?: Options<F>,
  ): Waiting<
    F,
    [data: Buffer, ancdata: AncillaryMessage[], msgFlags: number, address: ReturnedAddressOf<Family>]
  >

  /**
   * recvmsgInto - receive a message into several pieces of memory, with its control data
   *
   * @param buffers the pieces of memory, which are filled in their order
   * @param ancbufsize as of `recvmsg`
   * @param flags as of `recvmsg`
   * @returns how many bytes came; the rest as of `recvmsg`
   * @throws as `recvmsg`; OSError EMSGSIZE for more than 1024 pieces
   * @example
   * const [count] = await socket.recvmsgInto([header, body])
   * @see man 2 recvmsg
   */
  recvmsgInto(
    buffers: Iterable<WritableBytes>,
    ancbufsize?: number | Options<F>,
    flags?: Flags<F>,
    options?: Options<F>,
  ): Waiting<
    F,
    [count: number, ancdata: AncillaryMessage[], msgFlags: number, address: ReturnedAddressOf<Family>]
  >

  /**
   * sendmsg - send a message in several pieces, with control data
   *
   * @param buffers the pieces, which are sent as one
   * @param ancdata control messages as `[level, type, data]`; none by default
   * @param flags as of `send`
   * @param address whom to send to; `null` or nothing on a connected socket
   * @returns how many bytes of data the kernel took, on a stream perhaps fewer than there are
   * @throws as `sendto`; OSError EMSGSIZE for more than 1024 pieces, EINVAL for control data that the socket does not know
   * @example
   * await socket.sendmsg(['two ', 'pieces'])
   * @see man 2 sendmsg
   */
  sendmsg(
    buffers: Iterable<Data>,
    ancdata?: Iterable<AncillaryInput>,
    flags?: Flags<F>,
    address?: AddressOf<Family> | null,
    options?: Options<F>,
  ): Waiting<F, number>

  /**
   * sendmsgAfalg - send data to be worked on to a socket of AF_ALG
   *
   * @param message msg, op, iv, assoclen, flags
   * @returns how many bytes of data the kernel took
   * @throws OSError EINVAL, …
   * @example
   * await cipher.sendmsgAfalg({ op: ALG_OP_ENCRYPT, iv, msg: [plain] })
   * @see Linux, Documentation/crypto/userspace-if.rst
   */
  sendmsgAfalg(message: AfalgMessage): Waiting<F, number>

  /**
   * recvmmsg - receive many messages at once
   *
   * It waits for the first message, and takes what else is there. The messages of one call may share memory, which is
   * theirs alone.
   *
   * @param vlen the most messages to receive, 1 to 65536
   * @param bufsize the most bytes of each; what a datagram has beyond that is lost, which the flag MSG_TRUNC tells. With
   *   the option UDP_GRO it should be 65535.
   * @param flags as of `recvmsg`
   * @param ancbufsize how many bytes of control data there is room for with each message. By default there is enough for
   *   what the kernel tells of a datagram; none on AF_UNIX, where descriptors may come, which the caller has to close.
   * @returns at least one `{ data, address, flags, ancdata, segmentSize }`; at the end of a stream the last has no data
   * @throws as `recvmsg`; an error that comes after some messages is thrown by the next call
   * @example
   * for (const { data, address } of await socket.recvmmsg(64, 2048)) console.log(address, data)
   * @see man 2 recvmmsg
   */
  recvmmsg(
    vlen: number,
    bufsize: number,
    flags?: Flags<F>,
    ancbufsize?: number | Options<F>,
    options?: Options<F>,
  ): Waiting<F, Message<ReturnedAddressOf<Family>>[]>

  /**
   * recvmmsgInto - receive many messages at once into a Batch, without making an object for any
   *
   * @param batch where they go, from the first place on; what was there before is gone. It must not be used for something
   *   else until the operation is over.
   * @param flags as of `recvmsg`
   * @returns how many messages came, at least one: `batch.count`
   * @throws as `recvmmsg`; TypeError if the memory of the batch was transferred away
   * @example
   * const batch = new Batch(64, 2048)
   * await socket.recvmmsgInto(batch)
   * console.log(batch.count, batch.data(0), batch.address(0))
   * @see man 2 recvmmsg
   */
  recvmmsgInto(batch: Batch<unknown>, flags?: Flags<F>, options?: Options<F>): Waiting<F, number>

  /**
   * sendmmsg - send many messages at once
   *
   * It waits only if not a single one can be sent. With `segmentSize` the kernel cuts one large piece of data into many
   * datagrams (UDP_SEGMENT); where the network device cannot, which a process warning tells once for each socket, they
   * are sent one by one.
   *
   * @param messages `{ data, address?, ancdata?, segmentSize? }[]`, as `recvmmsg` gives them, too; or a Batch, whose
   *   messages go to where they came from, as they are now, without their control data
   * @param flags as of `send`
   * @returns how many messages were sent, as whole ones: perhaps fewer than there are. The rest has to be sent again:
   *   `messages.slice(count)`, `batch.discard(count)`.
   * @throws as `sendmsg`, if the first cannot be sent; an error of a later message comes when it is the first
   * @example
   * const count = await socket.sendmmsg([{ data: 'a', address }, { data: 'b', address }])
   * @example
   * await socket.sendmmsg([{ data: video, address, segmentSize: 1200 }])
   * @see man 2 sendmmsg, man 7 udp
   */
  sendmmsg(
    messages: Iterable<MessageInput<AddressOf<Family>>> | Batch<unknown>,
    flags?: Flags<F>,
    options?: Options<F>,
  ): Waiting<F, number>

  /**
   * sendfile - send a file, or a part of it, over a stream socket
   *
   * By sendfile(2), so that its bytes never come to JavaScript; by plain copying where the kernel cannot. The position
   * of the file is neither used nor moved.
   *
   * @param file a FileHandle of `node:fs/promises`, or a descriptor
   * @param offset where to begin, in bytes
   * @param count how much to send, at least 1; `null` (the default) for all up to the end of the file
   * @param options `{ signal }` to give up (promises only)
   * @returns how many bytes were sent
   * @throws RangeError on a socket that is no stream or non-blocking; otherwise as `sendall`; EBADF for a closed file;
   *   ESPIPE for a pipe, which has no positions: `splice` takes it
   * @example
   * await using file = await open('picture.jpg')
   * await socket.sendfile(file)
   * @see man 2 sendfile
   */
  sendfile(
    file: File,
    offset?: number | Options<F>,
    count?: number | null | Options<F>,
    options?: Options<F>,
  ): Waiting<F, number>
}
