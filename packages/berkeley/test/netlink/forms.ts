// Both forms of the netlink entry with one type, for tests that say `await` before every call that may wait,
// and iterate with `for await`: neither does harm to plain values.

import * as blocking from 'berkeley/blocking/netlink'
import * as promises from 'berkeley/netlink'

export type Netlink = typeof promises

export const forms: Readonly<Record<'async' | 'blocking', Netlink>> = {
  async: promises,
  blocking: blocking as unknown as Netlink,
}
/** Makes the event loop open what it opens at the first wait, so that it is not taken for a leak. */
export async function openLoop(): Promise<void> {
  using changes = promises.watch({ initial: false, timeout: 0.001 })
  await changes.next().then(
    () => {},
    () => {},
  )
}

export type FormName = keyof typeof forms
export const formNames = Object.keys(forms) as FormName[]
