// The topology server of TIPC, which tells who offers a service, and groups.
import { bytesOf, lengthOf } from '../core/bytes.ts'
import { type CType, uint32 } from '../core/ctypes.ts'
import { wrongValue } from '../core/errors.ts'
import { type StructCodec, struct } from '../core/structs/struct.ts'
import { TIPC_SUB_PORTS, TIPC_WAIT_FOREVER } from '../sys/constants.ts'
import { layout } from '../sys/families-layout.ts'

const subscr = layout.tipc_subscr
const event = layout.tipc_event

/** What the subscriber knows the subscription by. */
const handle: CType<Uint8Array> = {
  size: subscr.size - subscr.usr_handle,
  read: (from, at) => Buffer.from(new Uint8Array(from.buffer, from.byteOffset + at, handle.size)),
  write(to, at, value, call, parameter) {
    const bytes = bytesOf(call, parameter, value)
    const length = lengthOf(bytes)
    if (length > handle.size) throw wrongValue(call, parameter, `at most ${handle.size} bytes`, length)
    new Uint8Array(to.buffer, to.byteOffset + at).set(bytes)
  },
}

/** Which services are to be told of. */
export interface TipcSubscription {
  /** The type of the service. */
  readonly type: number
  /** The first instance. */
  readonly lower: number
  /** The last instance. */
  readonly upper: number
  /** For how long, in milliseconds; `TIPC_WAIT_FOREVER`. */
  readonly timeout: number
  /** `TIPC_SUB_PORTS`: each socket that binds; `TIPC_SUB_SERVICE`: the first and the last; `TIPC_SUB_CANCEL`. */
  readonly filter: number
  /** At most 8 bytes, which come back with each event. */
  readonly usrHandle: Uint8Array
}

/**
 * tipcSubscription - what to send to the topology server
 *
 * `{ type, lower, upper, timeout?, filter?, usrHandle? }` and struct tipc_subscr.
 *
 * @example
 * const topology = new Socket(AF_TIPC, SOCK_SEQPACKET)
 * await topology.connect([TIPC_ADDR_NAME, TIPC_TOP_SRV, TIPC_TOP_SRV, 0])
 * await topology.send(tipcSubscription.encode({ type: 18888, lower: 0, upper: 100 }))
 * @see http://tipc.io/programming.html
 */
export const tipcSubscription: StructCodec<
  TipcSubscription,
  Pick<TipcSubscription, 'type' | 'lower' | 'upper'> & Partial<TipcSubscription>
> = struct('tipcSubscription', subscr.size, {
  type: [subscr['seq.type'], uint32],
  lower: [subscr['seq.lower'], uint32],
  upper: [subscr['seq.upper'], uint32],
  timeout: [subscr.timeout, uint32, TIPC_WAIT_FOREVER],
  filter: [subscr.filter, uint32, TIPC_SUB_PORTS],
  usrHandle: [subscr.usr_handle, handle, new Uint8Array(0)],
})

/** What happened to a service. */
export interface TipcEvent {
  /** `TIPC_PUBLISHED`, `TIPC_WITHDRAWN`, `TIPC_SUBSCR_TIMEOUT`. */
  readonly event: number
  /** The first instance that it happened to. */
  readonly foundLower: number
  /** The last instance that it happened to. */
  readonly foundUpper: number
  /** The socket: the second part of a `TIPC_ADDR_ID`. */
  readonly ref: number
  /** The node: the first part of a `TIPC_ADDR_ID`. */
  readonly node: number
  /** The `usrHandle` of the subscription, 8 bytes. */
  readonly usrHandle: Uint8Array
}

/**
 * tipcEvent - what the topology server sends
 *
 * `{ event, foundLower, foundUpper, ref, node, usrHandle }`, of struct tipc_event.
 *
 * @example
 * const { event, node, ref } = tipcEvent.decode(await topology.recv(48))
 * @see http://tipc.io/programming.html
 */
export const tipcEvent: StructCodec<TipcEvent> = struct('tipcEvent', event.size, {
  event: [event.event, uint32],
  foundLower: [event.found_lower, uint32],
  foundUpper: [event.found_upper, uint32],
  ref: [event['port.ref'], uint32],
  node: [event['port.node'], uint32],
  usrHandle: [event['s.usr_handle'], handle],
})

/** A group, and what one is in it. */
export interface TipcGroupReq {
  /** The group. */
  readonly type: number
  /** The member: any number, also of several. */
  readonly instance: number
  /** `TIPC_CLUSTER_SCOPE`, `TIPC_NODE_SCOPE`. */
  readonly scope: number
  /** `TIPC_GROUP_LOOPBACK | TIPC_GROUP_MEMBER_EVTS` */
  readonly flags: number
}

const group = layout.tipc_group_req

/**
 * tipcGroupReq - the value of TIPC_GROUP_JOIN
 *
 * `{ type, instance, scope, flags? }` and struct tipc_group_req.
 *
 * @example
 * const value = tipcGroupReq.encode({ type: 4711, instance: 1, scope: TIPC_NODE_SCOPE })
 * socket.setsockopt(SOL_TIPC, TIPC_GROUP_JOIN, value)
 * @see http://tipc.io/programming.html
 */
export const tipcGroupReq: StructCodec<TipcGroupReq, Omit<TipcGroupReq, 'flags'> & Partial<TipcGroupReq>> =
  struct('tipcGroupReq', group.size, {
    type: [group.type, uint32],
    instance: [group.instance, uint32],
    scope: [group.scope, uint32],
    flags: [group.flags, uint32, 0],
  })
