// @ts-check
// Shows the routers on the way to a host, without privileges: a packet that may pass only so many of them is thrown away
// by the last one, which says so by ICMP. The kernel puts what it says in the error queue of the socket.
//
//   node examples/network/traceroute.mjs 10.0.2.2
//
// prints (a star for each packet that nobody answered)
//
//    1  10.0.1.1  0.051 ms
//    2  * 10.0.2.2  0.043 ms
import * as berkeley from 'berkeley'

const [host] = process.argv.slice(2)
if (!host) {
  console.error('usage: traceroute.mjs HOST')
  process.exit(2)
}
const [FIRST_PORT, MOST_HOPS, TRIES] = [33434, 30, 3] // The ports are traceroute's: nobody listens there.
const { AF_INET, ICMP_TIME_EXCEEDED, IP_RECVERR, IP_TTL, IPPROTO_IP, MSG_ERRQUEUE, SOCK_DGRAM } = berkeley
const target = await berkeley.gethostbyname(host)

/**
 * Sends a packet that may pass so many routers, and waits for the error it leads to.
 * @param {number} ttl
 * @param {number} port
 */
async function probe(ttl, port) {
  // Each has a socket of its own: an error that comes late is not taken for that of the next.
  const socket = new berkeley.Socket(AF_INET, SOCK_DGRAM)
  try {
    socket.settimeout(1)
    socket.setsockopt(IPPROTO_IP, IP_TTL, ttl)
    socket.setsockopt(IPPROTO_IP, IP_RECVERR, true)
    const start = performance.now()
    await socket.sendto('', [target, port])
    const [, ancdata] = await socket.recvmsg(512, 512, MSG_ERRQUEUE)
    const time = (performance.now() - start).toFixed(3)
    const error = berkeley.decodeAncillary(ancdata).find(({ name }) => name === 'extendedError')
    if (error?.name !== 'extendedError') throw new Error('an error that does not tell its cause')
    const { offender, errno, type } = error.value
    const isRouter = type === ICMP_TIME_EXCEEDED
    // That the port is closed is what the host itself says, and how we know that we are there.
    const why = isRouter || errno === berkeley.ECONNREFUSED ? '' : `  ${berkeley.errorNames[errno]}`
    return { text: `${offender?.[0]}  ${time} ms${why}`, isLast: !isRouter }
  } catch (error) {
    if (error instanceof berkeley.TimeoutError) return { text: '*', isLast: false }
    throw error
  } finally {
    socket.close()
  }
}

for (let ttl = 1, port = FIRST_PORT, isLast = false; ttl <= MOST_HOPS && !isLast; ttl++) {
  let line = String(ttl).padStart(2)
  for (let tries = 0, text = '*'; tries < TRIES && text === '*'; tries++) {
    ;({ text, isLast } = await probe(ttl, port++))
    line += ` ${text === '*' ? '' : ' '}${text}`
  }
  console.log(line)
}
