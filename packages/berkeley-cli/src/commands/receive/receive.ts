// `berkeley receive`: files and folders from a sender, into one folder.
import { CommandFailure } from '../../exit-status.ts'
import { quoted } from '../../printable.ts'
import { type CommonOptions, Reporter } from '../../reporter.ts'
import type { Session } from '../../session.ts'
import { describeFailure } from '../../transfer/failures.ts'
import { Folder } from '../../transfer/folder.ts'
import { type PlaceOptions, transferOptions } from '../../transfer/place.ts'
import { receiveAll } from '../../transfer/receiver.ts'
import { runTransfers, type Side } from '../../transfer/transfers.ts'

export interface ReceiveOptions extends CommonOptions, Omit<PlaceOptions, 'listen'> {
  readonly connect?: boolean
  readonly overwrite?: boolean
}

export async function receive(
  path: string,
  address: string,
  { overwrite = false, connect = false, ...options }: ReceiveOptions,
  session: Session,
): Promise<void> {
  const place = transferOptions(address, { ...options, listen: !connect })
  const root = await Folder.openRoot(path).catch((error) => {
    throw new CommandFailure(`cannot receive into ${quoted(path)}: ${describeFailure(error)}`)
  })
  const side: Side = {
    done: 'received',
    explains: true,
    transfer: (wire, events, controller) => receiveAll(wire, root, { overwrite, events, controller }),
  }
  try {
    await runTransfers(side, place, session, new Reporter(session.terminal, options))
  } finally {
    await root.close()
  }
}
