// Bytes for people: their place, in hexadecimal, and as text where they are that.
const ROW = 16

/** Lines like `0000  48 65 6c 6c 6f 20 77 6f  72 6c 64 0a              Hello world.`; `from` is the place of the first byte. */
export function hexDump(bytes: Uint8Array, from = 0): string[] {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += ROW) {
    const row = [...bytes.subarray(at, at + ROW)]
    const cells = Array.from({ length: ROW }, (_, place) => row[place]?.toString(16).padStart(2, '0') ?? '  ')
    const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')
    const [left, right] = [cells.slice(0, ROW / 2), cells.slice(ROW / 2)].map((half) => half.join(' '))
    lines.push(`${(from + at).toString(16).padStart(4, '0')}  ${left}  ${right}  ${text}`)
  }
  return lines
}
