// What workers that accept themselves have counted, added up.
import type { Counts } from './messages.ts'

export const noCounts: Counts = {
  accepted: 0,
  active: 0,
  refused: 0,
  failed: 0,
  paused: 0,
  bytesReceived: 0,
  bytesSent: 0,
}

export function addCounts(one: Counts, other: Counts | null): Counts {
  if (other === null) return one
  return {
    accepted: one.accepted + other.accepted,
    active: one.active + other.active,
    refused: one.refused + other.refused,
    failed: one.failed + other.failed,
    paused: one.paused + other.paused,
    bytesReceived: one.bytesReceived + other.bytesReceived,
    bytesSent: one.bytesSent + other.bytesSent,
  }
}
