// @ts-check
// The changes of network interfaces and their addresses as they happen, as `ip monitor` shows them. Ctrl-C
// ends it.
//
//   node examples/netlink/watch.mjs
//
// prints, when somebody plugs a cable in and an address comes,
//
//   new eth0: up, mtu 1500
//   new eth0: 192.0.2.7/24
import { IFF_UP, watch } from 'berkeley/netlink'

const end = new AbortController()
process.once('SIGINT', () => end.abort())
process.once('SIGTERM', () => end.abort())
process.stdout.on('error', () => end.abort()) // Who reads us, head perhaps, has enough.

/** @type {Map<number, string>} */
const names = new Map()

const changes = watch({ signal: end.signal })
while (!end.signal.aborted) {
  try {
    for await (const { kind, event, value } of changes) {
      if (kind === 'link') names.set(value.index, value.name)
      if (event === 'dump') continue
      if (kind === 'link') {
        console.log(`${event} ${value.name}: ${value.flags & IFF_UP ? 'up' : 'down'}, mtu ${value.mtu}`)
      } else if (kind === 'address') {
        console.log(`${event} ${names.get(value.index)}: ${value.address}/${value.prefixlen}`)
      }
    }
  } catch (error) {
    if (end.signal.aborted) break
    const { code } = /** @type {{ code?: string }} */ (error)
    if (code !== 'ENOBUFS') throw error
    console.log('too fast: some were lost')
    names.clear() // All of it comes again.
  }
}
