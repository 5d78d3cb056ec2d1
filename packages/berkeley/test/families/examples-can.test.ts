// examples/families: the programs of the CAN bus, against can-utils.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { AF_CAN, CAN_BCM, CAN_ISOTP, CAN_J1939, CAN_RAW, SOCK_DGRAM, SOCK_RAW } from 'berkeley'
import { output, start } from '../examples/program.ts'
import { exampleTest, familyExample } from './example-test.ts'

const vcan = ['/sys/class/net/vcan0']
const CAN = { family: AF_CAN, type: SOCK_RAW, proto: CAN_RAW, files: vcan, programs: ['cansend', 'candump'] }
/** Waits until somebody receives: can-utils' programs do not say when they are ready, but the kernel does. */
async function heard(list: string, what: string): Promise<void> {
  while (!readFileSync(`/proc/net/can/rcvlist_${list}`, 'utf8').includes(`${what} `)) await nextTurn()
}

exampleTest(CAN, 'can.mjs prints what cansend sends', async (t) => {
  const running = familyExample(t, 'can', 'vcan0')
  assert.equal(await running.line(), 'listening on vcan0')
  output('cansend', ['vcan0', '123#DEADBEEF'])
  output('cansend', ['vcan0', '1F334455#'])
  assert.equal(await running.line(), 'vcan0  123  [4]  DE AD BE EF')
  assert.equal(await running.line(), 'vcan0  1F334455  [0]  ')
})

exampleTest(CAN, 'can.mjs sends what candump prints', async (t) => {
  const dump = start(t, 'candump', '-n', '1', 'vcan0')
  await heard('all', 'vcan0')
  familyExample(t, 'can', 'vcan0', '123#CAFE')
  assert.match(await dump.line(), /vcan0 +123 +\[2\] +CA FE/)
})

const canOf = (type: number, proto: number, ...programs: string[]) => {
  return { family: AF_CAN, type, proto, files: vcan, programs }
}
const BCM = canOf(SOCK_DGRAM, CAN_BCM, 'cansend', 'candump')
exampleTest(
  BCM,
  'cyclic.mjs sends what candump prints again and again, and sees what cansend changes',
  async (t) => {
    const dump = start(t, 'candump', 'vcan0')
    await heard('all', 'vcan0')
    const running = familyExample(t, 'cyclic', 'vcan0', '321#BEEF', '0.05', '322')
    assert.equal(await running.line(), 'sending 321 every 0.05 s')
    for (let i = 0; i < 3; i++) assert.match(await dump.line(), /vcan0 +321 +\[2\] +BE EF$/)
    for (const data of ['01', '0102']) {
      output('cansend', ['vcan0', `322#${data}`])
      assert.equal(await running.line(), `322 is now ${data}`)
    }
  },
)

const ISOTP = canOf(SOCK_DGRAM, CAN_ISOTP, 'isotpsend', 'isotprecv')
exampleTest(ISOTP, 'isotp.mjs and isotpsend, isotprecv, with messages of many frames', async (t) => {
  const message = Buffer.from('a message that is longer than a frame')
  const bytes = message.toString('hex').toUpperCase().match(/../g)!.join(' ')
  const receiving = start(t, 'isotprecv', '-s', '7E8', '-d', '7E0', 'vcan0')
  await heard('sff', '7e0')
  const running = familyExample(t, 'isotp', 'vcan0', '7E8', '7E0', message.toString('hex'))
  assert.equal(await running.line(), 'listening on vcan0')
  assert.equal((await receiving.line()).trim(), bytes)
  output('isotpsend', ['-s', '7E8', '-d', '7E0', 'vcan0'], bytes)
  assert.equal(await running.line(), bytes)
})

const J1939 = canOf(SOCK_DGRAM, CAN_J1939, 'testj1939', 'candump')
exampleTest(J1939, 'j1939.mjs prints what testj1939 sends', async (t) => {
  const running = familyExample(t, 'j1939', 'vcan0', '40')
  assert.equal(await running.line(), 'listening on vcan0')
  for (const [size, bytes] of [
    ['8', '01 23 45 67 89 AB CD EF'],
    ['12', '01 23 45 67 89 AB CD EF 01 23 45 67'],
  ]) {
    output('testj1939', [`-s${size}`, 'vcan0:0x20', 'vcan0:0x40,0x12300'])
    assert.equal(await running.line(), `12300 20 > 40 priority 6: ${bytes}`)
  }
})

exampleTest(J1939, 'j1939.mjs sends what candump prints', async (t) => {
  // Priority 6, the parameter group with the destination in it, the sender.
  const dump = start(t, 'candump', '-n', '1', 'vcan0')
  await heard('all', 'vcan0')
  familyExample(t, 'j1939', 'vcan0', '20', '40', '12300', '0102AB')
  assert.match(await dump.line(), /vcan0 +19234020 +\[3\] +01 02 AB$/)
})
