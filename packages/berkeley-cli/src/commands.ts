// All commands, with how to load them.
// Rule: a command is a folder in commands/ whose command.ts has one function that gives it its options, help and
//       action. It is imported only when the command line names it, so that what one command needs (a user interface, a
//       plot) costs the others nothing.
import type { Command } from 'commander'
import type { Session } from './session.ts'

/** Gives a command, which has its name and description already, all the rest. */
export type DefineCommand = (command: Command, session: Session) => void

export interface CommandEntry {
  readonly name: string
  /** What `berkeley --help` says of it. */
  readonly description: string
  readonly load: () => Promise<DefineCommand>
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'classroom',
    description: 'a class of students, each a TCP server with its body measures',
    load: async () => (await import('./commands/classroom/command.ts')).defineClassroom,
  },
  {
    name: 'lookup',
    description: 'hosts, addresses, services and protocols by name and number',
    load: async () => (await import('./commands/lookup/command.ts')).defineLookup,
  },
  {
    name: 'options',
    description: 'all options of a socket, named and decoded; also of a running process',
    load: async () => (await import('./commands/options/command.ts')).defineOptions,
  },
  {
    name: 'sockets',
    description: 'the sockets of this machine, their states, queues and owners',
    load: async () => (await import('./commands/sockets/command.ts')).defineSockets,
  },
  {
    name: 'ping',
    description: 'whether a host answers, and how fast',
    load: async () => (await import('./commands/ping/command.ts')).definePing,
  },
  {
    name: 'sniff',
    description: 'packets of an interface, decoded to one line, filtered by the kernel',
    load: async () => (await import('./commands/sniff/command.ts')).defineSniff,
  },
  {
    name: 'echo',
    description: 'a server that sends back what it gets, over TCP, UDP, Unix or vsock',
    load: async () => (await import('./commands/echo/command.ts')).defineEcho,
  },
  {
    name: 'time',
    description: 'a server that tells the time, over TCP, UDP, Unix or vsock',
    load: async () => (await import('./commands/time/command.ts')).defineTime,
  },
  {
    name: 'lines',
    description: 'send a text file line by line, wait for each answer, and measure',
    load: async () => (await import('./commands/lines/command.ts')).defineLines,
  },
  {
    name: 'nc',
    description: 'netcat: a connection whose ends are standard input and output',
    load: async () => (await import('./commands/nc/command.ts')).defineNc,
  },
  {
    name: 'send',
    description: 'send files and folders; after a break it goes on where it ended',
    load: async () => (await import('./commands/send/command.ts')).defineSend,
  },
  {
    name: 'receive',
    description: 'receive files and folders from `send`',
    load: async () => (await import('./commands/receive/command.ts')).defineReceive,
  },
  {
    name: 'chat',
    description: 'talk with one or several others, in turn or all at once; also with ncat',
    load: async () => (await import('./commands/chat/command.ts')).defineChat,
  },
]

/** The commands that a command line needs: the one it names, also after `help`. */
export function commandNamed(commandLine: readonly string[]): CommandEntry | undefined {
  const [first, second] = commandLine.filter((word) => !word.startsWith('-'))
  const name = first === 'help' ? second : first
  return COMMANDS.find((command) => command.name === name)
}
