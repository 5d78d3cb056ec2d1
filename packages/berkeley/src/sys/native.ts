// The only file that loads the addon, and the declarations of what it exports.
// Rule 1: product code calls through this object (`native.recv(…)`), so that tests can deny, shorten or interrupt a call.
// Rule 2: every function returns a value >= 0 or -errno. Addresses cross in `address`, further numbers in `numbers`.
import { fileURLToPath } from 'node:url'
import type { FamilyStructs, NetlinkStructs, Structs } from './structs.ts'

export interface Native {
  /** Scratch: the socket address that a call takes or gives. */
  readonly address: Uint8Array
  /** Scratch: what else a call gives; `numbers[0]` is the length of `address`. */
  readonly numbers: Int32Array
  /** Scratch: received data. */
  readonly scratch: Uint8Array
  readonly layout: Structs
  netlink_layout(): NetlinkStructs
  families_layout(): FamilyStructs

  adopt(fd: number): number
  disown(fd: number): number
  close(fd: number): number
  dup(fd: number, owned: 0 | 1): number
  get_status_flags(fd: number): number
  set_status_flags(fd: number, flags: number): number
  get_inheritable(fd: number): number
  set_inheritable(fd: number, inheritable: 0 | 1): number

  socket(family: number, type: number, proto: number): number
  /** The descriptors are `numbers[0]` and `numbers[1]`. */
  socketpair(family: number, type: number, proto: number): number
  bind(fd: number, addressLength: number): number
  listen(fd: number, backlog: number): number
  accept(fd: number, named: 0 | 1): number
  connect(fd: number, addressLength: number): number
  getsockname(fd: number): number
  getpeername(fd: number): number
  shutdown(fd: number, how: number): number

  recv(fd: number, bytes: Uint8Array, offset: number, length: number, flags: number): number
  /** Receives into `scratch`; short data is also in the pool from `numbers[1]` on, unless that is -1. */
  recv_pooled(fd: number, length: number, flags: number): number
  recvfrom_pooled(fd: number, length: number, flags: number): number
  set_pool(bytes: Uint8Array): number
  recvfrom(fd: number, bytes: Uint8Array, offset: number, length: number, flags: number): number
  send(fd: number, bytes: Uint8Array, offset: number, length: number, flags: number): number
  sendto(
    fd: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    flags: number,
    addressLength: number,
  ): number
  sendfile(out: number, from: number, offset: number, count: number): number
  pread(fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number

  /** The descriptors are `numbers[0]`, to read from, and `numbers[1]`, to write to. */
  pipe(): number
  set_pipe_size(fd: number, bytes: number): number
  splice(from: number, to: number, length: number): number
  read(fd: number, bytes: Uint8Array, offset: number, length: number): number

  /** `numbers[2]` is how much of `control` was filled, `numbers[3]` the message's flags. */
  recvmsg(
    fd: number,
    pieces: readonly Uint8Array[],
    control: Uint8Array,
    controlLength: number,
    flags: number,
  ): number
  sendmsg(
    fd: number,
    pieces: readonly Uint8Array[],
    control: Uint8Array,
    flags: number,
    addressLength: number,
  ): number

  /**
   * What came is in the records (slabs.ts); `numbers[4]` is -errno if a further call failed after messages had come, and
   * `numbers[6]` how much memory `batch_copy` needs.
   */
  recvmmsg(
    fd: number,
    payload: Uint8Array,
    memory: Uint8Array,
    bufsize: number,
    room: number,
    control: number,
    count: number,
    flags: number,
  ): number
  /** The data of the first messages goes to `bytes`, each at the next multiple of eight. */
  batch_copy(
    payload: Uint8Array,
    memory: Uint8Array,
    bufsize: number,
    room: number,
    count: number,
    bytes: Uint8Array,
  ): number
  /** At most 1024; `numbers[5]` is how much of the last one was sent. No records at all: no addresses, no control data. */
  sendmmsg(
    fd: number,
    pieces: readonly Uint8Array[],
    records: Uint8Array,
    room: number,
    first: number,
    flags: number,
  ): number
  sendmmsg_batch(
    fd: number,
    payload: Uint8Array,
    memory: Uint8Array,
    bufsize: number,
    room: number,
    first: number,
    count: number,
    flags: number,
  ): number

  /** The value is `numbers[0]`. */
  getsockopt_int(fd: number, level: number, name: number): number
  /** How long the value is, of which `bytes` got what fits. What is in them goes to the kernel as well. */
  getsockopt(fd: number, level: number, name: number, bytes: Uint8Array): number
  setsockopt_int(fd: number, level: number, name: number, value: number): number
  setsockopt(fd: number, level: number, name: number, bytes: Uint8Array): number
  setsockopt_null(fd: number, level: number, name: number, length: number): number
  /** The program is an array of struct sock_filter. */
  setsockopt_program(fd: number, level: number, name: number, program: Uint8Array): number

  /** What SIOCINQ, SIOCOUTQ, SIOCOUTQNSD or SIOCATMARK tells. */
  queue_state(fd: number, request: number): number

  /** Memory shared with the kernel. It is unmapped when it is collected, or by `unmap`, which detaches it first. */
  map(fd: number, length: number): ArrayBuffer | number
  unmap(memory: ArrayBuffer): number
  /** Pages, not to be written to, or 0 for none, or -errno; `numbers[0]` is how many bytes come next that are none. */
  tcp_zerocopy_receive(fd: number, length: number): ArrayBuffer | number

  /** Waits; not repeated on EINTR. */
  poll(pollfds: Uint8Array, count: number, milliseconds: number): number

  epoll_create(): number
  /** `events` may be signed or unsigned; an event tells `fd`. */
  epoll_ctl(epoll: number, operation: number, fd: number, events: number): number
  /** Fills at most `count` struct epoll_event. Does not wait. */
  epoll_wait(epoll: number, events: Uint8Array, count: number): number

  /** Once per environment. Gives the triples (slot, generation, events), or -errno. */
  ready_start(callback: (count: number) => void): Int32Array | number
  ready_add(fd: number, slot: number, generation: number): number
  ready_listen(fd: number, slot: number, generation: number, reading: 0 | 1): number
  ready_remove(fd: number): number
  ready_reference(on: 0 | 1): number

  /** Which signal this process gets when its parent ends; 0 for none. */
  set_parent_death_signal(signal: number): number
  /** Descriptors that these give belong to the caller. */
  pidfd_open(pid: number): number
  bpf_prog_load(type: number, instructions: Uint8Array, license: Uint8Array, log: Uint8Array): number
  kcm_attach(fd: number, connection: number, program: number): number
  kcm_unattach(fd: number, connection: number): number
  kcm_clone(fd: number): number
  pidfd_getfd(pidfd: number, fd: number): number

  // Each gives the descriptor of a lookup: readable once there is an answer, to be ended with lookup_end. A text ends
  // with a NUL; no bytes at all stand for NULL.
  getaddrinfo(
    host: Uint8Array,
    service: Uint8Array,
    family: number,
    type: number,
    proto: number,
    flags: number,
  ): number
  getnameinfo(address: Uint8Array, flags: number): number
  gethostbyname(name: Uint8Array): number
  gethostbyaddr(address: Uint8Array, family: number): number
  getservbyname(name: Uint8Array, proto: Uint8Array): number
  getservbyport(port: number, proto: Uint8Array): number
  getprotobyname(name: Uint8Array): number
  /** How long the packed answer is, of which `bytes` got what fits; -EAGAIN before there is one. */
  lookup_answer(fd: number, bytes: Uint8Array): number
  /** With an answer or without. */
  lookup_end(fd: number): number

  gethostname(bytes: Uint8Array): number
  sethostname(bytes: Uint8Array): number
  /** How long the packed list is, of which `bytes` got what fits. */
  if_nameindex(bytes: Uint8Array): number
  /** The name ends with a NUL. */
  if_nametoindex(name: Uint8Array): number
  if_indextoname(index: number, bytes: Uint8Array): number
  /** Of the network namespace that the socket is in. The name ends with a NUL. */
  get_interface_index(fd: number, name: Uint8Array): number
  get_interface_name(fd: number, index: number, bytes: Uint8Array): number
}

// Trying is cheap; asking which libc this is (process.report) takes longer than all the rest of the import. dlopen and not
// require, so that every copy of this module has an addon, and a readiness loop, of its own.
function load(): Native {
  const platform = `${process.platform}-${process.arch}`
  const causes: unknown[] = []
  for (const libc of ['glibc', 'musl']) {
    const path = new URL(`../../prebuilds/${platform}-${libc}/berkeley.node`, import.meta.url)
    const module = { exports: {} }
    try {
      process.dlopen(module, fileURLToPath(path))
      return module.exports as Native
    } catch (cause) {
      causes.push(cause)
    }
  }
  throw new AggregateError(
    causes,
    `berkeley has no binary for ${platform} that this Node can load. It needs Linux; ` +
      'from a checkout, compile it with: node packages/berkeley/scripts/build-addon.mjs',
  )
}

// A copy: what an addon fills is a hash table to V8, searched at each call; a literal is an object with fixed places.
export const native: Native = { ...load() }
