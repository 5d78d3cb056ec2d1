// What the handlers of a little server are told, wherever they run: it stands in the query of their module's URL.
import { TrafficTeller } from './traffic-tally.ts'

export interface HandlerSettings {
  /** Seconds that a read or write may take. */
  readonly idleLimit: number
  readonly traffic: TrafficTeller
  readonly others: URLSearchParams
}

export function readSettings(moduleUrl: string): HandlerSettings {
  const others = new URL(moduleUrl).searchParams
  const idleLimit = Number(others.get('idleLimit'))
  const path = others.get('tally')
  if (path === null || !(idleLimit > 0))
    throw new TypeError(`the handlers' module has no settings: ${moduleUrl}`)
  return { idleLimit, traffic: new TrafficTeller(path), others }
}
