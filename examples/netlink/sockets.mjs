// @ts-check
// The TCP sockets of this network namespace, as `ss -tan` shows them, with the round trip times of
// connections.
//
//   node examples/netlink/sockets.mjs
//
// prints
//
//   LISTEN      0      128    127.0.0.1:8000           0.0.0.0:*
//   ESTAB       0      0      127.0.0.1:8000           127.0.0.1:49152          rtt 0.031 ms, cubic
import { AF_INET, TCP_ESTABLISHED } from 'berkeley'
import { DiagSocket } from 'berkeley/blocking/netlink'

const states = [
  ...['', 'ESTAB', 'SYN-SENT', 'SYN-RECV', 'FIN-WAIT-1', 'FIN-WAIT-2', 'TIME-WAIT', 'UNCONN', 'CLOSE-WAIT'],
  ...['LAST-ACK', 'LISTEN', 'CLOSING', 'SYN-RECV'],
]

/**
 * @param {number} family
 * @param {readonly [host: string, port: number]} address
 */
function shown(family, [host, port]) {
  return `${family === AF_INET ? host : `[${host}]`}:${port === 0 ? '*' : port}`.padEnd(24)
}

const diag = new DiagSocket()
for (const { family, state, rqueue, wqueue, local, remote, tcpInfo, congestion } of diag.tcp()) {
  const measured = state === TCP_ESTABLISHED && tcpInfo?.rtt !== undefined
  const more = measured ? `rtt ${tcpInfo.rtt / 1000} ms, ${congestion}` : ''
  const columns = [
    (states[state] ?? `${state}`).padEnd(11),
    `${rqueue}`.padEnd(6),
    `${wqueue}`.padEnd(6),
    shown(family, local),
    shown(family, remote),
    more,
  ]
  console.log(columns.join(' ').trimEnd())
}
diag.close()
