// Why a host (or an entry of a records file) gave no valid record: a reason for programs, a sentence for
// people.
// Rule: every way to fail has its own reason here; `--json` prints it, so these names are an interface.

export type FailureReason =
  | 'refused' // nobody listens on the port
  | 'timed-out-connecting'
  | 'timed-out-answering'
  | 'unreachable'
  | 'unknown-name'
  | 'reset'
  | 'closed' // closed without an answer, or in the middle of it
  | 'too-long'
  | 'not-json'
  | 'not-an-object'
  | 'error-answer' // the host says {"error": …}
  | 'missing-field'
  | 'absurd-value'
  | 'system' // anything else the system says

export interface Failure {
  readonly reason: FailureReason
  readonly detail: string
}
