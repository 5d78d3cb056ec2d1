// What the two conversations tell to whoever shows it.
// Rule: paths and reasons may come from the other side, and go through printable.ts before they are shown.

export interface FileOutcome {
  readonly path: readonly string[]
  readonly size: number
  readonly sha256: string
  /** How much of it had not to be sent again. */
  readonly resumedAt: number
}

export interface TransferEvents {
  /** How many files and bytes there are in all, as the sender says. */
  onStart(files: number, bytes: number): void
  /** A file's bytes begin; `present` of them are there already. */
  onFile(path: readonly string[], present: number): void
  /** So many more bytes went over the connection. */
  onBytes(count: number): void
  /** A file is whole and verified on the receiving side. */
  onStored(outcome: FileOutcome): void
  /** Something was not sent or not taken. */
  onRefused(path: readonly string[], reason: string): void
  /** Something that only --verbose tells. */
  onDetail(text: string): void
}
