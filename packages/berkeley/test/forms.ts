// Both forms of the library with one type, for tests that say `await` before every call that may wait: that does no
// harm to a plain value. What the blocking form throws, a test sees as what the promise form rejects with.
import * as promises from 'berkeley'
import * as blocking from 'berkeley/blocking'

export type Library = typeof promises

export interface Form {
  readonly name: 'async' | 'blocking'
  readonly library: Library
}

export const forms: readonly Form[] = [
  { name: 'async', library: promises },
  { name: 'blocking', library: blocking as unknown as Library },
]
