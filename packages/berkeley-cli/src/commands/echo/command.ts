// What the command line of `berkeley echo` looks like, and the service it runs.
import type { Command } from 'commander'
import { ENDPOINT_HELP, type Endpoint } from '../../endpoint.ts'
import { exitStatusHelp } from '../../exit-status.ts'
import { runService, type Service } from '../../service.ts'
import { addServiceOptions, SERVICE_HELP, type ServiceOptions } from '../../service-options.ts'
import type { Session } from '../../session.ts'

const ECHO: Service = { title: 'Echo', handlers: new URL('./handlers.js', import.meta.url) }

const HELP = `${SERVICE_HELP}
${ENDPOINT_HELP}

Examples:
  $ berkeley echo :7777
  $ berkeley echo --datagram 0.0.0.0:7 --mode threads
  $ berkeley echo unix:/run/echo --mode processes --workers 4
  $ berkeley echo vsock:any:7777 --json
${exitStatusHelp('stopped by Ctrl-C or SIGTERM', '')}`

export function defineEcho(command: Command, session: Session): void {
  addServiceOptions(command)
    .addHelpText('after', HELP)
    .action((endpoint: Endpoint, options: ServiceOptions) => runService(ECHO, endpoint, options, session))
}
