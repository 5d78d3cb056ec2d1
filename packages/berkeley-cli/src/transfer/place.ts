// Where a transfer takes place: the address and its options, the same for both commands.
import { AddressError } from '../addresses.ts'
import { parseEndpoint } from '../endpoint.ts'
import { UsageError } from '../exit-status.ts'
import type { TransferOptions } from './transfers.ts'

export interface PlaceOptions {
  readonly listen?: boolean
  readonly keepOpen?: boolean
  readonly retry?: number
  readonly timeout: number
}

/** Throws UsageError for what makes no sense. */
export function transferOptions(
  address: string,
  { listen = false, keepOpen = false, retry = 0, timeout }: PlaceOptions,
): TransferOptions {
  if (keepOpen && !listen) throw new UsageError('--keep-open is for the side that listens')
  if (retry > 0 && listen) throw new UsageError('--retry is for the side that connects')
  try {
    const endpoint = parseEndpoint(address, listen ? 'listen' : 'connect')
    return { endpoint, listen, keepOpen, retry, timeout }
  } catch (error) {
    if (error instanceof AddressError) throw new UsageError(error.message)
    throw error
  }
}
