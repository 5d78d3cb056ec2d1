// Two controllers that exist in software only, for tests of AF_BLUETOOTH. A host is not given such: only conformance/vm.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { after, before } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { everyFamily } from './lacking.ts'

/** The addresses of hci0 and hci1. */
export const LEFT = '00:AA:01:00:00:00'
export const RIGHT = '00:AA:01:01:00:01'

/** What tests of them need, beside a family. */
export const controllersNeeded = everyFamily ? {} : { files: ['/dev/vhci, or not used here'] }

let used = false

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
