// What the command line of `berkeley time` looks like, and the service it runs.
import { type Command, Option } from 'commander'
import { ENDPOINT_HELP, type Endpoint } from '../../endpoint.ts'
import { exitStatusHelp } from '../../exit-status.ts'
import { runService } from '../../service.ts'
import { addServiceOptions, SERVICE_HELP, type ServiceOptions } from '../../service-options.ts'
import type { Session } from '../../session.ts'
import { type ClockFormat, FORMAT_HELP, FORMATS } from './clock-formats.ts'

interface TimeOptions extends ServiceOptions {
  readonly format: ClockFormat
}

const HELP = `${FORMAT_HELP}
${SERVICE_HELP}
${ENDPOINT_HELP}

Examples:
  $ berkeley time :1313
  $ berkeley time --datagram 0.0.0.0:37 --format rfc868
  $ berkeley time unix:/run/time --format iso --mode threads
${exitStatusHelp('stopped by Ctrl-C or SIGTERM', '')}`

export function defineTime(command: Command, session: Session): void {
  addServiceOptions(command)
    .addOption(new Option('-f, --format <format>', 'how to tell the time').choices(FORMATS).default('ctime'))
    .addHelpText('after', HELP)
    .action((endpoint: Endpoint, options: TimeOptions) => {
      const handlers = new URL('./handlers.js', import.meta.url)
      return runService(
        { title: 'Time', handlers, settings: { format: options.format } },
        endpoint,
        options,
        session,
      )
    })
}
