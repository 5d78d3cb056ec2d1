// The two forms of everything that may wait, as types.

/** `'async'`: results are promises. `'blocking'`: results are plain values. */
export type Form = 'async' | 'blocking'

/** What an operation gives: a promise, or the value itself. */
export type Waiting<F extends Form, Result> = F extends 'async' ? Promise<Result> : Result
