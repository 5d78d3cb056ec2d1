// The numbers that attributes hold, as codecs: `uint32.encode(1400)`, `uint32.decode(attribute.data)`.
import * as types from '../ctypes.ts'
import { scalar } from '../structs/struct.ts'

/**
 * uint8 - an attribute's value of one byte
 *
 * @example
 * encodeAttributes([[IFLA_OPERSTATE, uint8.encode(IF_OPER_UP)]])
 */
export const uint8 = scalar<number>('uint8', types.uint8)

/**
 * uint16 - an attribute's value of two bytes, in the machine's byte order
 *
 * @example
 * encodeAttributes([[IFLA_VLAN_ID, uint16.encode(7)]])
 */
export const uint16 = scalar<number>('uint16', types.uint16)

/**
 * uint16BE - an attribute's value of two bytes, in network byte order
 *
 * @example
 * encodeAttributes([[IFLA_VLAN_PROTOCOL, uint16BE.encode(ETH_P_8021Q)]])
 */
export const uint16BE = scalar<number>('uint16BE', types.uint16BE)

/**
 * uint32 - an attribute's value of four bytes, in the machine's byte order
 *
 * @example
 * encodeAttributes([[IFLA_MTU, uint32.encode(1400)]])
 */
export const uint32 = scalar<number>('uint32', types.uint32)

/**
 * int32 - an attribute's value of four bytes with a sign, in the machine's byte order
 *
 * @example
 * encodeAttributes([[IFLA_LINK_NETNSID, int32.encode(-1)]])
 */
export const int32 = scalar<number>('int32', types.int32)

/**
 * uint64 - an attribute's value of eight bytes, in the machine's byte order
 *
 * @example
 * uint64.decode(attributes.get(INET_DIAG_CGROUP_ID)!) // 1n
 */
export const uint64 = scalar<bigint, number | bigint>('uint64', types.uint64)
