// Where UTF-8 is not well-formed. Decoding is Node's; this finds the sequence to blame, and the one not yet complete.

/** How many bytes a sequence with this first byte has; 0 if none begins with it. */
function lengthByLead(lead: number): number {
  if (lead < 0x80) return 1
  if (lead >= 0xc2 && lead <= 0xdf) return 2
  if (lead >= 0xe0 && lead <= 0xef) return 3
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0
}

// No overlong forms, no surrogates, nothing above U+10FFFF: all of that shows in the second byte.
function continues(lead: number, position: number, byte: number): boolean {
  if (position === 1) {
    if (lead === 0xe0) return byte >= 0xa0 && byte <= 0xbf
    if (lead === 0xed) return byte >= 0x80 && byte <= 0x9f
    if (lead === 0xf0) return byte >= 0x90 && byte <= 0xbf
    if (lead === 0xf4) return byte >= 0x80 && byte <= 0x8f
  }
  return byte >= 0x80 && byte <= 0xbf
}

/** How many bytes from `at` on are one sequence, or the beginning of one; 0 if none begins there. */
function matching(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!
  const length = Math.min(lengthByLead(lead), bytes.length - at)
  let matched = length === 0 ? 0 : 1
  while (matched < length && continues(lead, matched, bytes[at + matched]!)) matched++
  return matched
}

/** How many bytes at the end of `bytes` are a sequence of which the rest may still come. */
export function incompleteTail(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const at = bytes.length - back
    const isContinuation = (bytes[at]! & 0xc0) === 0x80
    if (!isContinuation) return lengthByLead(bytes[at]!) > back && matching(bytes, at) === back ? back : 0
  }
  return 0
}

/** The first place from `at` on that cannot be decoded, by the rule for U+FFFD: the longest beginning, or one byte. */
export function malformed(bytes: Uint8Array, from: number): [start: number, end: number] | null {
  let at = from
  while (at < bytes.length) {
    const matched = matching(bytes, at)
    if (matched === 0 || matched < lengthByLead(bytes[at]!)) return [at, at + Math.max(1, matched)]
    at += matched
  }
  return null
}
