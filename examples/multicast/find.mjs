// @ts-check
// Finds those on this network who answer to a multicast group (answer.mjs): asks all at once, and listens for a while.
//
//   node examples/multicast/find.mjs [INTERFACE]
//
// prints
//
//   printer at 192.0.2.7
import * as berkeley from 'berkeley'
import { IP_MULTICAST_IF, IP_MULTICAST_TTL, IPPROTO_IP } from 'berkeley'

const [ifname] = process.argv.slice(2)
const [GROUP, PORT] = ['239.77.77.77', 7778] // Of those for use within a site (RFC 2365).
const [TIMES, MILLISECONDS] = [3, 300] // A datagram may be lost: it is asked several times.

const socket = new berkeley.Socket(berkeley.AF_INET, berkeley.SOCK_DGRAM)
socket.setsockopt(IPPROTO_IP, IP_MULTICAST_TTL, 1) // No router passes it on.
if (ifname) {
  const ifindex = berkeley.ifNametoindex(ifname)
  socket.setsockopt(IPPROTO_IP, IP_MULTICAST_IF, berkeley.ipMreqn.encode({ multiaddr: '0.0.0.0', ifindex }))
}

const found = new Set()
/** Prints who answers, each once, until it is told to stop. @param {AbortSignal} signal */
async function listen(signal) {
  while (!signal.aborted) {
    const [answer, [host]] = await socket.recvfrom(1024, { signal })
    const name = answer.toString().replace(/\p{C}/gu, '?') // A stranger's: nothing that would control the terminal.
    const line = `${name} at ${host}`
    if (!found.has(line)) console.log(line)
    found.add(line)
  }
}

for (let time = 0; time < TIMES; time++) {
  await socket.sendto('who is there?', [GROUP, PORT])
  await listen(AbortSignal.timeout(MILLISECONDS)).catch((error) => {
    if (error.name !== 'TimeoutError') throw error
  })
}
socket.close()
if (found.size === 0) throw new Error('nobody answers')
