// `berkeley/selectors`: objects registered to wait for all of them at once, as promises. Re-exports only.
export type { Descriptor } from './core/descriptor.ts'
export type { SignalOptions } from './select/running.ts'
export { DefaultSelector, EpollSelector, PollSelector, SelectSelector } from './selectors/async.ts'
export { BaseSelector } from './selectors/base.ts'
export { type Ready, SelectorKey, SelectorMap } from './selectors/key.ts'
export { EVENT_READ, EVENT_WRITE } from './selectors/mechanisms.ts'
