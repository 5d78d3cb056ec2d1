// `berkeley send`: files and folders to a receiver.
import { UsageError } from '../../exit-status.ts'
import { type CommonOptions, Reporter } from '../../reporter.ts'
import type { Session } from '../../session.ts'
import { type PlaceOptions, transferOptions } from '../../transfer/place.ts'
import { sendAll } from '../../transfer/sender.ts'
import { openSources } from '../../transfer/sources.ts'
import { runTransfers, type Side } from '../../transfer/transfers.ts'

export interface SendOptions extends CommonOptions, PlaceOptions {}

export async function send(paths: readonly string[], options: SendOptions, session: Session): Promise<void> {
  const address = paths.at(-1) ?? ''
  if (paths.length < 2) throw new UsageError(`only one argument; expected paths and an address`)
  const sources = await openSources(paths.slice(0, -1))
  const side: Side = {
    done: 'sent',
    explains: false,
    transfer: (wire, events, controller) => sendAll(wire, sources, { events, controller }),
  }
  await runTransfers(
    side,
    transferOptions(address, options),
    session,
    new Reporter(session.terminal, options),
  )
}
