// The attempt at what the kernel says of sends with MSG_ZEROCOPY: that their memory is free again. It stands in the
// socket's error queue.
import { extendedError } from '../core/ancillary/extended-error.ts'
import { decodeControl } from '../core/control.ts'
import { MSG_ERRQUEUE, SO_EE_CODE_ZEROCOPY_COPIED, SO_EE_ORIGIN_ZEROCOPY } from '../sys/constants.ts'
import { EAGAIN } from '../sys/errno.ts'
import { native } from '../sys/native.ts'
import type { Handle } from './handle.ts'
import { NOTHING, type Operation, operation, READ } from './request.ts'

/** Sends `lo` to `hi`, counted from 0 on, are done; `copied` if the kernel copied their data after all. */
export type Completion = [lo: number, hi: number, copied: boolean]

const control = new Uint8Array(512)
const places = [NOTHING]
let completions: Completion[] = []

// All there are, so that few calls are needed. An error that comes after some has not been taken out of the queue.
function attemptCompletions({ fd }: Handle): number {
  completions = []
  for (;;) {
    const result = native.recvmsg(fd, places, control, control.length, MSG_ERRQUEUE)
    if (result < 0) return completions.length > 0 ? completions.length : result
    for (const [, , data] of decodeControl(control, native.numbers[2]!)) {
      if (!extendedError.understands(data)) continue
      const { origin, code, info, data: last } = extendedError.decode(data)
      if (origin !== SO_EE_ORIGIN_ZEROCOPY) continue
      completions.push([info, last, (code & SO_EE_CODE_ZEROCOPY_COPIED) !== 0])
    }
  }
}

export const zerocopyCompletions: Operation<Completion[]> = operation({
  name: 'zerocopyCompletions',
  waits: READ,
  attempt: (handle) => {
    const count = attemptCompletions(handle)
    return count === 0 ? -EAGAIN : count
  },
  result: () => completions,
})
