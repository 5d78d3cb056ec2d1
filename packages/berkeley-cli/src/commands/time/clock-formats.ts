// The ways in which the time server tells the time.

export const FORMATS = ['ctime', 'iso', 'unix', 'rfc868'] as const
export type ClockFormat = (typeof FORMATS)[number]

export const FORMAT_HELP = `
Formats (--format):
  ctime   Fri Nov 20 19:05:01 2026, as ctime(3) and RFC 867
  iso     2026-11-20T19:05:01.250Z
  unix    1795201501.250, seconds since 1970
  rfc868  four bytes: seconds since 1900, modulo 2^32, in network order`

// From 1900 to 1970, 17 leap days included (RFC 868).
const SECONDS_BEFORE_1970 = 2_208_988_800

export function formatTime(format: ClockFormat, now: Date): Buffer {
  switch (format) {
    case 'ctime':
      return Buffer.from(`${ctime(now)}\r\n`)
    case 'iso':
      return Buffer.from(`${now.toISOString()}\r\n`)
    case 'unix':
      return Buffer.from(`${(now.getTime() / 1000).toFixed(3)}\r\n`)
    case 'rfc868': {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32BE((Math.floor(now.getTime() / 1000) + SECONDS_BEFORE_1970) % 2 ** 32)
      return bytes
    }
  }
}

/** Local time in the fixed form of ctime(3), the day padded with a space. */
function ctime(now: Date): string {
  const [weekday, month] = now.toDateString().split(' ')
  const clock = [now.getHours(), now.getMinutes(), now.getSeconds()].map((part) => `${part}`.padStart(2, '0'))
  return `${weekday} ${month} ${`${now.getDate()}`.padStart(2)} ${clock.join(':')} ${now.getFullYear()}`
}
