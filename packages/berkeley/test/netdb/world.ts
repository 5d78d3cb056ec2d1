// A world with names of its own: private namespaces for mounts, network and host name, and a name server in it.
//
// `inWorld` starts this file again within it, which builds the world and then loads the script. Needs root, or user
// namespaces.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type NameServer = 'answering' | 'silent'

const files: Readonly<Record<string, string>> = {
  'resolv.conf': 'nameserver 127.0.0.1\n',
  'nsswitch.conf': 'hosts: files dns\nservices: files\nprotocols: files\n',
  hosts:
    '127.0.0.1 localhost\n::1 localhost ip6-localhost\n10.1.2.3 first.example.org first other\n' +
    '10.1.2.4 plain also.example.org\n10.9.9.9 thishost\n',
}

/** What the script prints, which must be JSON, and how it ended. */
export async function inWorld(script: URL, nameServer: NameServer): Promise<unknown> {
  const asRoot = process.getuid?.() === 0 ? [] : ['--map-root-user']
  const unshare = ['--mount', '--net', '--uts', ...asRoot, process.execPath, fileURLToPath(import.meta.url)]
  const child = spawn('unshare', [...unshare, nameServer, script.href], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, RES_OPTIONS: 'timeout:1 attempts:1', LOCALDOMAIN: '' },
  })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk) => chunks.push(chunk))
  const [status, signal] = await once(child, 'close')
  const text = Buffer.concat(chunks).toString()
  if (status !== 0) throw new Error(`${script.href} ended with ${status ?? signal}: ${text}`)
  return JSON.parse(text)
}

const RAISE_LOOPBACK = `
import fcntl, socket, struct
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
fcntl.ioctl(socket.socket(), SIOCSIFFLAGS, struct.pack('16sh', b'lo', IFF_UP))
`

async function build(nameServer: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'berkeley-names-'))
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text)
    execFileSync('mount', ['--bind', join(folder, name), join('/etc', name)])
  }
  rmSync(folder, { recursive: true }) // The mounts keep the files.
  execFileSync('hostname', ['thishost'])
  execFileSync('python3', ['-c', RAISE_LOOPBACK])
  const server = spawn(
    process.execPath,
    [fileURLToPath(new URL('./name-server.js', import.meta.url)), nameServer],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  await once(server.stdout, 'data')
  // It must not keep the script from ending; its standard input ends with us.
  server.unref()
  for (const stream of [server.stdin, server.stdout]) (stream as unknown as { unref(): void }).unref()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , nameServer, script] = process.argv
  await build(nameServer!)
  await import(script!)
}
