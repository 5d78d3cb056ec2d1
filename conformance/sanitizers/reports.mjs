// What the sanitizers have written, without what is not ours.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const isLeak = (report) => /^(Direct|Indirect) leak of /.test(report)
const isFrameOfOurs = (line) => line.includes('/berkeley.node') || /\/native\/\w+\.[ch]:\d+/.test(line)

/** Whether memory was allocated by our C, or for it by a function of Node-API that leaves the freeing to us. */
function isOurs(leak) {
  const lines = leak.split('\n')
  const ours = lines.findIndex(isFrameOfOurs)
  const within = lines.slice(1, ours).join('\n')
  // V8's heap, and what hangs on a function that it has not collected when the process ends, are Node's.
  return ours !== -1 && !/ in (v8::|napi_create_function)/.test(within)
}

/** Each distinct report below `folder`, with how often it came. */
export function reportsIn(folder) {
  const times = new Map()
  for (const file of readdirSync(folder)) {
    for (const report of reportsOf(readFileSync(join(folder, file), 'utf8'))) {
      // Addresses, sizes and process ids differ, the places do not.
      const key = report.replace(/==\d+==|0x[0-9a-f]+/g, '').replace(/\d+ (byte|object)/g, '$1')
      times.set(key, { report, count: (times.get(key)?.count ?? 0) + 1 })
    }
  }
  return [...times.values()].map(({ report, count }) => `${count} × ${report}`)
}

/** The reports in one file: each leak is one, anything else is one as a whole. */
function reportsOf(text) {
  if (!/ERROR: LeakSanitizer: detected memory leaks/.test(text))
    return text.trim() === '' ? [] : [text.trim()]
  return text
    .split('\n\n')
    .map((part) => part.trim())
    .filter((part) => isLeak(part) && isOurs(part))
    .map(shortened)
}

/** What called the addon does not matter, and is long. */
function shortened(report) {
  const lines = report.split('\n')
  const last = lines.findLastIndex(isFrameOfOurs)
  return lines.slice(0, last + 1).join('\n')
}
