// `berkeley/select`: waiting for many descriptors, as promises. Re-exports only.

export type { Descriptor } from './core/descriptor.ts'
export { error, OSError } from './core/error-classes.ts'
export { type Epoll, epoll, type Poll, poll, select } from './select/async.ts'
export type { Callable } from './select/callable.ts'
export type { Event } from './select/events.ts'
export type { SignalOptions } from './select/running.ts'
export type { Selected } from './select/select.ts'
export {
  EPOLL_CLOEXEC,
  EPOLL_CTL_ADD,
  EPOLL_CTL_DEL,
  EPOLL_CTL_MOD,
  EPOLLERR,
  EPOLLET,
  EPOLLEXCLUSIVE,
  EPOLLHUP,
  EPOLLIN,
  EPOLLMSG,
  EPOLLONESHOT,
  EPOLLOUT,
  EPOLLPRI,
  EPOLLRDBAND,
  EPOLLRDHUP,
  EPOLLRDNORM,
  EPOLLWAKEUP,
  EPOLLWRBAND,
  EPOLLWRNORM,
  PIPE_BUF,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLMSG,
  POLLNVAL,
  POLLOUT,
  POLLPRI,
  POLLRDBAND,
  POLLRDHUP,
  POLLRDNORM,
  POLLWRBAND,
  POLLWRNORM,
} from './sys/constants.ts'
