// Where the page of --web is if nobody says: at the same place each time, unless that is taken.
import type { Endpoint } from '../../endpoint.ts'

export const DEFAULT_PLACE: Endpoint = { kind: 'host', host: '127.0.0.1', port: 8024 }
