// Reads a class from a file instead of the network: a JSON list of records, or of {"host", "record"}, or what
// `scan --json` printed.
// Rule: a bad entry is reported by its place and left out; only a file that holds no list at all is an error.
import { readFile } from 'node:fs/promises'
import { CommandFailure } from '../../exit-status.ts'
import { quoted } from '../../printable.ts'
import type { Candidate } from './roster.ts'
import { readStudent } from './student.ts'

export async function readRecords(path: string): Promise<Candidate[]> {
  const list = listIn(await parseFile(path))
  if (list === null) throw new CommandFailure(`${path} holds no list of records`)
  return list.map((entry, place) => {
    const { host, record } = isNamedRecord(entry) ? entry : { host: undefined, record: entry }
    const source = typeof host === 'string' && host !== '' ? quoted(host).slice(1, -1) : `#${place + 1}`
    return { source, ...readStudent(record) }
  })
}

async function parseFile(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new CommandFailure(`cannot read ${path}: ${error.message}`)
  })
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new CommandFailure(`${path} is not JSON: ${(error as Error).message}`)
  }
}

function listIn(document: unknown): unknown[] | null {
  if (Array.isArray(document)) return document
  const students = (document as { students?: unknown } | null)?.students
  return Array.isArray(students) ? students : null
}

function isNamedRecord(entry: unknown): entry is { host: unknown; record: unknown } {
  return typeof entry === 'object' && entry !== null && 'host' in entry && 'record' in entry
}
