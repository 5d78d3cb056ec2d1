// Controllers that exist in software only, for tests of AF_BLUETOOTH. A host is not given such: only conformance/vm.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { after, before } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { everyFamily } from './lacking.ts'

/** The addresses of btvirt's, which are hci0 and hci1. */
export const LEFT = '00:AA:01:00:00:00'
export const RIGHT = '00:AA:01:01:00:01'

/** What tests of them need, beside a family. */
export const controllersNeeded = everyFamily ? {} : { files: ['/dev/vhci, or not used here'] }

/** The addresses of those of sco-controllers.ts. */
export const SCO_LEFT = '00:AA:02:00:00:02'
export const SCO_RIGHT = '00:AA:02:00:00:03'

let used = false
let scoUsed = false

/** Has the controllers there while the tests of this process run. */
export function useControllers(): void {
  if (used || !everyFamily) return
  used = true
  let controllers: ChildProcess | undefined
  before(async () => {
    execFileSync('modprobe', ['-a', 'hci_vhci', 'rfcomm'])
    controllers = spawn('btvirt', ['-l2'], { stdio: 'ignore' })
    while (!existsSync('/sys/class/bluetooth/hci1')) await pause(50)
    for (const name of ['hci0', 'hci1']) execFileSync('hciconfig', [name, 'up', 'pscan'])
  })
  after(() => controllers?.kill('SIGKILL'))
}

/** Has two more there, which carry SCO, as btvirt's do not. btvirt's come first, so that they are hci0 and hci1. */
export function useScoControllers(): void {
  if (scoUsed || !everyFamily) return
  scoUsed = true
  useControllers()
  let controllers: ChildProcess | undefined
  before(async () => {
    const program = fileURLToPath(new URL('./sco-controllers.js', import.meta.url))
    const child = spawn(process.execPath, [program, SCO_LEFT, SCO_RIGHT], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    controllers = child
    const [names] = (await once(child.stdout, 'data')) as [Buffer]
    for (const name of names.toString().trim().split(' ')) execFileSync('hciconfig', [name, 'up', 'pscan'])
  })
  after(() => controllers?.kill('SIGKILL'))
}
