// A program that tests run in a network namespace: sends all FRAMES over a wire, and listens at its other end by a socket for
// each filter of the command line. Prints what each got, as JSON, and writes all that came into a file.
import { AF_PACKET, ETH_P_ALL, SOCK_RAW, Socket } from 'berkeley'
import { Capture } from '#commands/sniff/capture.js'
import { compileFilter } from '#commands/sniff/compile.js'
import { parseFilter } from '#commands/sniff/expression.js'
import { LONGEST_PACKET, PcapFile } from '#pcap.js'
import { FRAMES } from './frames.ts'

const [path = '', from = '', to = '', ...filters] = process.argv.slice(2)

/** Longer than any frame that is tried. */
const LAST = Buffer.alloc(1400, 0xee)

const open = (filter: string | null) => {
  const expression = filter === null ? null : parseFilter(filter)
  const program = compileFilter(expression, LONGEST_PACKET)
  return Capture.open({ interface: to, isPromiscuous: true, program })
}

const everything = await open(null)
const captures = await Promise.all(filters.map((filter) => open(`(${filter}) or greater 1300`)))
const file = new PcapFile(path, everything.linkType)

const sender = new Socket(AF_PACKET, SOCK_RAW, 0)
sender.bind([from, ETH_P_ALL])
for (const frame of [...FRAMES, LAST]) await sender.send(frame)

/** How many came before the last one, which all filters let through. */
async function count(
  capture: Capture,
  see: (packet: Awaited<ReturnType<Capture['receive']>>[number]) => void,
): Promise<number> {
  let seen = 0
  for (;;) {
    for (const packet of await capture.receive(new AbortController().signal)) {
      // What the system itself sends there, when it feels like it, is not ours.
      if (
        packet.direction === 'out' ||
        (packet.data.readUInt32BE(6) !== 0x02000000 && packet.data[0] !== 0xee)
      )
        continue
      if (packet.data[0] === 0xee) return seen
      see(packet)
      seen++
    }
  }
}

await count(everything, (packet) => file.write(packet))
const counts = []
for (const capture of captures) counts.push(await count(capture, () => {}))
console.log(JSON.stringify(counts))
for (const each of [everything, ...captures]) each.close()
file.close()
sender.close()
