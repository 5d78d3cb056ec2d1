// `berkeley/blocking/selectors`: objects registered to wait for all of them at once, truly blocking the calling thread. Re-exports only.
export type { Descriptor } from './core/descriptor.ts'
export { BaseSelector } from './selectors/base.ts'
export { DefaultSelector, EpollSelector, PollSelector, SelectSelector } from './selectors/blocking.ts'
export { type Ready, SelectorKey, SelectorMap } from './selectors/key.ts'
export { EVENT_READ, EVENT_WRITE } from './selectors/mechanisms.ts'
