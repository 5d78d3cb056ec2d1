// The head of the page: what it is, how far the scan is, and what can be done.
import { element } from './elements.ts'
import type { Drawing, Store } from './store.ts'
import { plural } from './words.ts'

export function drawHeader(parent: HTMLElement, store: Store, isLive: boolean): Drawing {
  const count = element('p', { id: 'count' })
  // Read aloud when it changes: so only what is over or begins, not every answer.
  const news = element('p', { role: 'status', class: 'visually-hidden' })
  const progress = element('progress', { id: 'progress', 'aria-label': 'Hosts that have answered' })
  const again = element('button', { id: 'again', type: 'button' }, 'Scan again')
  again.addEventListener('click', () => fetch('/scan', { method: 'POST' }).catch(() => {}))
  const actions = element(
    'p',
    { id: 'actions' },
    again,
    element('a', { href: '/report.html', download: 'class.html' }, 'Save page'),
    element('a', { href: '/records.json', download: 'class.json' }, 'Save records'),
  )
  const titles = element('div', {}, element('h1', {}, 'The class'), count)
  parent.append(element('header', {}, titles, ...(isLive ? [actions, progress] : []), news))

  return () => {
    const { view, students, connection } = store
    const said = sayCount(store)
    count.textContent = said
    count.dataset.state = connection === 'lost' ? 'lost' : view.state
    progress.max = Math.max(1, view.seats.length)
    progress.value = view.answered
    progress.classList.toggle('idle', view.state !== 'scanning')
    again.disabled = view.state === 'scanning' || connection === 'lost'
    const tells =
      connection === 'lost'
        ? said
        : view.state === 'scanning'
          ? 'Scanning'
          : `${plural(students.length, 'student')}.`
    if (news.textContent !== tells && view.state !== 'waiting') news.textContent = tells
  }
}

function sayCount({ view, students, connection }: Store): string {
  const { seats, answered, unseated, state, time } = view
  if (connection === 'lost') return 'The scan’s server is gone. What came before is still here.'
  if (state === 'waiting') return `${plural(seats.length, 'seat')}, nobody asked yet.`
  if (state === 'scanning') return `${answered} of ${seats.length} have answered …`
  const total = seats.length + unseated
  const when = new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
  const missing = unseated > 0 ? `, ${students.length} of them are shown` : ''
  return `${students.length} of ${total} gave a valid record${missing} · ${when}`
}
