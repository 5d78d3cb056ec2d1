// Both forms of the netlink entry with one type, for tests that say `await` before every call that may wait, and iterate
// with `for await`: neither does harm to plain values.

import * as blocking from 'berkeley/blocking/netlink'
import * as promises from 'berkeley/netlink'

export type Netlink = typeof promises

export const forms: Readonly<Record<'async' | 'blocking', Netlink>> = {
  async: promises,
  blocking: blocking as unknown as Netlink,
}
export type FormName = keyof typeof forms
export const formNames = Object.keys(forms) as FormName[]
