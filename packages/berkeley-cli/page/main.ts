// The page of a class, in the browser: draws what is in the document, and follows the scan if there is one.
// Rule: everything that came from hosts is set as text, never as HTML.

import { drawAlike } from './alike.ts'
import { follow } from './follow.ts'
import { drawHeader } from './header.ts'
import { drawPlot } from './plot.ts'
import { drawSeats } from './seats.ts'
import { type Drawing, makeStore } from './store.ts'
import { drawTable } from './table.ts'
import { drawTroubles } from './troubles.ts'

const app = document.getElementById('app')!
const store = makeStore(JSON.parse(document.getElementById('class')!.textContent!))
const isLive = document.documentElement.hasAttribute('data-live')
const main = document.createElement('main')

const drawings: Drawing[] = [
  drawHeader(app, store, isLive),
  drawSeats(main, store),
  drawPlot(main, store),
  drawTroubles(main, store),
  drawAlike(main, store),
  drawTable(main, store),
]
app.append(main)
for (const draw of drawings) store.subscribe(draw)
store.changed()
if (isLive) follow(store)
