// Follows the scan by Server-Sent Events. The browser comes back by itself when the connection is lost.
import type { Store } from './store.ts'

export function follow(store: Store): void {
  const events = new EventSource('/events')
  events.addEventListener('open', () => store.setConnection('open'))
  events.addEventListener('error', () => store.setConnection('lost'))
  events.addEventListener('class', ({ data }) => store.show(JSON.parse(data)))
  events.addEventListener('update', ({ data }) => store.update(JSON.parse(data)))
}
