// `berkeley/rings`: packets through memory shared with the kernel, as promises. Re-exports only.
export { error, OSError } from './core/error-classes.ts'
export type { TpacketStats } from './core/structs/packet.ts'
export { PacketRing } from './rings/async.ts'
export type { RingBlock, RingPacket, RingVlan } from './rings/packet-block.ts'
export type { PacketRingOptions } from './rings/packet-ring.ts'
