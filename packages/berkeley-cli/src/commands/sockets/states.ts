// States of sockets: the kernel's numbers, what ss(8) calls them, and sets of them.
import {
  TCP_CLOSE,
  TCP_CLOSE_WAIT,
  TCP_CLOSING,
  TCP_ESTABLISHED,
  TCP_FIN_WAIT1,
  TCP_FIN_WAIT2,
  TCP_LAST_ACK,
  TCP_LISTEN,
  TCP_SYN_RECV,
  TCP_SYN_SENT,
  TCP_TIME_WAIT,
} from 'berkeley'
import { UsageError } from '../../exit-status.ts'
import { printable } from '../../printable.ts'

// In no public header: a request that has not become a connection yet.
const TCP_NEW_SYN_RECV = 12

interface State {
  readonly number: number
  /** What is shown. */
  readonly shown: string
  /** What is written on the command line. */
  readonly name: string
}

const STATES: readonly State[] = [
  { number: TCP_ESTABLISHED, shown: 'ESTAB', name: 'established' },
  { number: TCP_SYN_SENT, shown: 'SYN-SENT', name: 'syn-sent' },
  { number: TCP_SYN_RECV, shown: 'SYN-RECV', name: 'syn-recv' },
  { number: TCP_FIN_WAIT1, shown: 'FIN-WAIT-1', name: 'fin-wait-1' },
  { number: TCP_FIN_WAIT2, shown: 'FIN-WAIT-2', name: 'fin-wait-2' },
  { number: TCP_TIME_WAIT, shown: 'TIME-WAIT', name: 'time-wait' },
  { number: TCP_CLOSE, shown: 'UNCONN', name: 'closed' },
  { number: TCP_CLOSE_WAIT, shown: 'CLOSE-WAIT', name: 'close-wait' },
  { number: TCP_LAST_ACK, shown: 'LAST-ACK', name: 'last-ack' },
  { number: TCP_LISTEN, shown: 'LISTEN', name: 'listening' },
  { number: TCP_CLOSING, shown: 'CLOSING', name: 'closing' },
  { number: TCP_NEW_SYN_RECV, shown: 'SYN-RECV', name: 'syn-recv' },
]

export const STATE_NAMES = [...new Set(STATES.map(({ name }) => name))]
export const ALL: ReadonlySet<number> = new Set(STATES.map(({ number }) => number))
export const LISTENING: ReadonlySet<number> = new Set([TCP_LISTEN, TCP_CLOSE])
/** As ss(8) without options: those that talk. */
export const TALKING: ReadonlySet<number> = new Set(
  [...ALL].filter(
    (state) => ![TCP_LISTEN, TCP_CLOSE, TCP_TIME_WAIT, TCP_NEW_SYN_RECV, TCP_SYN_RECV].includes(state),
  ),
)

export function shownState(number: number): string {
  return STATES.find((state) => state.number === number)?.shown ?? String(number)
}

/** Reads `established,close-wait`; a state also as it is shown. */
export function parseStates(list: readonly string[]): ReadonlySet<number> {
  const states = new Set<number>()
  for (const text of list.flatMap((each) => each.split(/[\s,]+/)).filter((each) => each !== '')) {
    const found = STATES.filter(
      ({ name, shown }) => name === text.toLowerCase() || shown === text.toUpperCase(),
    )
    if (found.length === 0) {
      throw new UsageError(`state '${printable(text)}' is none of ${STATE_NAMES.join(', ')}`)
    }
    for (const { number } of found) states.add(number)
  }
  return states
}
