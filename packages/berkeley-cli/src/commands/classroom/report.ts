// `berkeley classroom report`: a class as an HTML page that is complete in itself.
// Rule: the page is the result; a file is there whole or not at all.
import { lstat, rename, rm, writeFile } from 'node:fs/promises'
import { CommandFailure } from '../../exit-status.ts'
import type { Session } from '../../session.ts'
import { makePage } from './page/page-html.ts'
import { viewCompleteClass } from './page/view-of-class.ts'
import { explainRoster } from './report-text.ts'
import { enrol } from './roster.ts'
import { collectClass, type ScanCommandOptions } from './scan.ts'

export interface HtmlReportOptions extends ScanCommandOptions {
  readonly output?: string
}

export async function reportAsHtml(
  addresses: readonly string[],
  options: HtmlReportOptions,
  session: Session,
): Promise<void> {
  const { terminal } = session
  const candidates = await collectClass(addresses, options, session)
  const roster = enrol(candidates)
  if (!options.quiet) explainRoster(terminal, roster)
  if (roster.members.length === 0) throw new CommandFailure('no student found')
  const { html } = makePage(viewCompleteClass(candidates, options.pairs, new Date()), { live: false })
  if (options.output === undefined || options.output === '-') return terminal.print(html.trimEnd())
  await writeWhole(options.output, html)
  if (!options.quiet) terminal.say(`Written to ${options.output}.`)
}

/** Under another name first, so that a full disk leaves what was there before. */
async function writeWhole(path: string, text: string): Promise<void> {
  const partial = `${path}.${process.pid}.part`
  try {
    const there = await lstat(path).catch(() => null)
    // A device, a pipe or a link must stay what it is.
    if (there !== null && !there.isFile()) return await writeFile(path, text)
    await writeFile(partial, text, { flag: 'wx' })
    await rename(partial, path)
  } catch (error) {
    await rm(partial, { force: true })
    throw new CommandFailure(`cannot write ${path}: ${(error as Error).message}`)
  }
}
