// What the kernel knows of a TCP connection, in words.
import {
  TCP_LISTEN,
  TCPI_OPT_ECN,
  TCPI_OPT_ECN_SEEN,
  TCPI_OPT_SACK,
  TCPI_OPT_SYN_DATA,
  TCPI_OPT_TIMESTAMPS,
  TCPI_OPT_WSCALE,
  type TcpInfo,
} from 'berkeley'
import type { Entry } from './entries.ts'

const OPTIONS = [
  [TCPI_OPT_TIMESTAMPS, 'timestamps'],
  [TCPI_OPT_SACK, 'sack'],
  [TCPI_OPT_ECN, 'ecn'],
  [TCPI_OPT_ECN_SEEN, 'ecn-seen'],
  [TCPI_OPT_SYN_DATA, 'fastopen'],
] as const

/** Two lines for a TCP connection, none for anything else. */
export function describeTcp({ kind, state, tcpInfo, congestion, memory }: Entry): string[] {
  if (kind !== 'tcp' || tcpInfo === null || state === TCP_LISTEN) return []
  return [
    [...describeOptions(tcpInfo), congestion ?? '', ...describeTimes(tcpInfo), ...describeWindows(tcpInfo)],
    [
      ...describeAmounts(tcpInfo),
      memory === null
        ? ''
        : `buffers ${memory.rmemAlloc}/${memory.rcvbuf} in, ${memory.wmemQueued}/${memory.sndbuf} out`,
    ],
  ]
    .map((words) => words.filter((word) => word !== '').join('  '))
    .filter((line) => line !== '')
}

function describeOptions({ options = 0, sndWscale = 0, rcvWscale = 0 }: Partial<TcpInfo>): string[] {
  const names = OPTIONS.filter(([bit]) => (options & bit) !== 0).map(([, name]) => name)
  const scale = options & TCPI_OPT_WSCALE ? [`wscale ${sndWscale},${rcvWscale}`] : []
  return [...names, ...scale]
}

function describeTimes({ rtt = 0, rttvar = 0, minRtt = 0, rto = 0 }: Partial<TcpInfo>): string[] {
  // Before anything was measured the kernel has 0, and the largest number for the least.
  if (rtt === 0) return [`rto ${milliseconds(rto)}`]
  const least = minRtt === 0xffffffff ? [] : [`min ${milliseconds(minRtt)}`]
  return [`rtt ${milliseconds(rtt)} ± ${milliseconds(rttvar)}`, ...least, `rto ${milliseconds(rto)}`]
}

function describeWindows({
  sndMss = 0,
  pmtu = 0,
  sndCwnd = 0,
  sndSsthresh = 0,
  sndWnd,
}: Partial<TcpInfo>): string[] {
  // As large as it begins means none.
  const threshold = sndSsthresh < 0x7fffffff ? [`ssthresh ${sndSsthresh}`] : []
  const window = sndWnd === undefined ? [] : [`peer window ${sndWnd}`]
  return [`mss ${sndMss}`, `pmtu ${pmtu}`, `cwnd ${sndCwnd}`, ...threshold, ...window]
}

function describeAmounts(info: Partial<TcpInfo>): string[] {
  const { bytesSent, bytesAcked = 0, bytesReceived = 0, segsOut = 0, segsIn = 0 } = info
  const { unacked = 0, lost = 0, totalRetrans = 0, deliveryRate = 0, pacingRate } = info
  return [
    `sent ${bytesSent ?? bytesAcked} bytes, ${segsOut} segments`,
    `received ${bytesReceived} bytes, ${segsIn} segments`,
    ...(unacked > 0 ? [`unacked ${unacked}`] : []),
    ...(lost > 0 ? [`lost ${lost}`] : []),
    ...(totalRetrans > 0 ? [`retransmitted ${totalRetrans}`] : []),
    ...(deliveryRate > 0 ? [`delivery ${rate(deliveryRate)}`] : []),
    ...(pacingRate !== undefined && Number.isFinite(pacingRate) && pacingRate > 0
      ? [`pacing ${rate(pacingRate)}`]
      : []),
  ]
}

function milliseconds(microseconds: number): string {
  return `${Number((microseconds / 1000).toPrecision(3))} ms`
}

function rate(bytesPerSecond: number): string {
  const bits = bytesPerSecond * 8
  const units = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s']
  const power = Math.min(Math.floor(Math.log10(bits) / 3), units.length - 1)
  return `${Number((bits / 1000 ** power).toPrecision(3))} ${units[power]}`
}
