// examples/network: a router between us and the target, each in a network namespace of its own.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { inNamespace } from '../namespace.ts'
import { pathOf, without } from '../programs.ts'
import { example, output, pathOfPeer, printedBy, printedByPython, programTest, start } from './program.ts'

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'inherit'] })

/** A namespace that lives as long as these tests; what is given runs a program within. */
async function newNamespace() {
  const holder = spawn('unshare', ['--net', 'sleep', 'infinity'], { stdio: 'ignore' })
  after(async () => {
    const ended = once(holder, 'close')
    holder.kill('SIGKILL')
    await ended
  })
  const file = `/proc/${holder.pid}/ns/net`
  while (readlinkSync(file) === readlinkSync('/proc/self/ns/net')) await pause(10)
  const enter = ['nsenter', `--net=${file}`]
  const run = (...command: string[]) => output(enter[0]!, [...enter.slice(1), ...command])
  return { pid: String(holder.pid), enter, run }
}

/** A cable between us, 10.0.1.2, and a router, and one on to the target, 10.0.2.2. */
async function wire() {
  const [router, target] = [await newNamespace(), await newNamespace()]
  ip('link', 'add', 'us', 'type', 'veth', 'peer', 'name', 'left', 'netns', router.pid)
  ip('address', 'add', '10.0.1.2/24', 'dev', 'us')
  ip('link', 'set', 'us', 'up')
  router.run('ip', 'link', 'add', 'right', 'type', 'veth', 'peer', 'name', 'target', 'netns', target.pid)
  for (const [name, address] of [
    ['left', '10.0.1.1/24'],
    ['right', '10.0.2.1/24'],
  ] as const) {
    router.run('ip', 'address', 'add', address, 'dev', name)
    router.run('ip', 'link', 'set', name, 'up')
  }
  router.run('sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward')
  target.run('ip', 'address', 'add', '10.0.2.2/24', 'dev', 'target')
  target.run('ip', 'link', 'set', 'target', 'up')
  target.run('ip', 'route', 'add', 'default', 'via', '10.0.2.1')
  ip('route', 'add', 'default', 'via', '10.0.1.1')
  return { router, target }
}

inNamespace(import.meta.url, ['link set lo up'], () => {
  const wired = wire()

  programTest('traceroute.mjs finds the routers that Python finds', async () => {
    await wired
    const theirs = await printedByPython('traceroute', '10.0.2.2')
    assert.equal(theirs, '1 10.0.1.1\n2 10.0.2.2\n')
    const ours = await printedBy('network/traceroute', '10.0.2.2')
    // The kernel answers only so often; what it did not answer is asked again.
    assert.match(ours, /^ 1( \*)* {2}10\.0\.1\.1 {2}[\d.]+ ms\n 2( \*)* {2}10\.0\.2\.2 {2}[\d.]+ ms\n$/)
  })

  programTest('traceroute.mjs shows a star for a router that says nothing, and what is wrong', async () => {
    const { router } = await wired
    router.run('ip', 'route', 'add', 'unreachable', '10.0.3.0/24')
    assert.match(
      await printedBy('network/traceroute', '10.0.3.3'),
      /^ 1( \*)* {2}10\.0\.1\.1 {2}[\d.]+ ms {2}EHOSTUNREACH\n$/,
    )
    router.run('sh', '-c', 'echo 2048 > /proc/sys/net/ipv4/icmp_ratemask') // Time exceeded: one at a time,
    router.run('sh', '-c', 'echo 600000 > /proc/sys/net/ipv4/icmp_ratelimit') // and the next after ten minutes.
    let printed = ''
    for (let tries = 0; tries < 10 && !/ 1 \* \* \*/.test(printed); tries++) {
      printed = await printedBy('network/traceroute', '10.0.2.2')
    }
    assert.match(printed, /^ 1 \* \* \*\n 2( \*)* {2}10\.0\.2\.2 {2}[\d.]+ ms\n$/)
  })

  programTest('ping.mjs sends what Python sees, and says when nobody answers', async (t) => {
    const { target } = await wired
    writeFileSync('/proc/sys/net/ipv4/ping_group_range', `0 ${process.getgid!()}`)
    const { enter } = target
    const peer = start(t, enter[0]!, ...enter.slice(1), 'python3', pathOfPeer('pings'))
    assert.equal(await peer.line(), 'listening')
    const ours = await printedBy('network/ping', '10.0.2.2', '2')
    assert.match(ours, /^(16 bytes from 10\.0\.2\.2: seq=\d ttl=63 time=[\d.]+ ms\n){2}$/)
    for (const sequence of [1, 2])
      assert.equal(await peer.line(), `request ${sequence} from 10.0.1.2, 16 bytes`)
    target.run('sh', '-c', 'echo 1 > /proc/sys/net/ipv4/icmp_echo_ignore_all')
    const unheard = example(t, 'network/ping', '10.0.2.2', '1')
    assert.deepEqual([await unheard.rest(), await unheard.ended], [['no answer: seq=1'], 1])
  })

  programTest('sniff.mjs prints all that goes in and out', async (t) => {
    const running = example(t, 'network/sniff', 'lo')
    assert.equal(await running.line(), 'listening on lo')
    await printedByPython('send_datagrams', '127.0.0.99', '7077')
    for (const direction of ['out', 'in ']) {
      assert.equal(await running.line(), `${direction}  127.0.0.1 > 127.0.0.99 protocol 17, 105 bytes`)
    }
    // Nobody was there: that is told as well.
    for (const direction of ['out', 'in ']) {
      assert.equal(await running.line(), `${direction}  127.0.0.99 > 127.0.0.1 protocol 1, 133 bytes`)
    }
  })

  programTest('sniff.mjs has the kernel choose a protocol and a port', async (t) => {
    const running = example(t, 'network/sniff', 'lo', 'udp', '7053')
    assert.equal(await running.line(), 'listening on lo')
    await printedByPython('send_datagrams', '127.0.0.1', '7001', '7053', '7002', '7053', '7003')
    for (const direction of ['out', 'in ', 'out', 'in ']) {
      assert.equal(await running.line(), `${direction}  127.0.0.1 > 127.0.0.1 protocol 17, 81 bytes`)
    }
  })

  programTest('sniff.mjs ends quietly when its reader has enough', async (t) => {
    const command = `"${process.execPath}" examples/network/sniff.mjs lo | head -1`
    const running = start(t, 'sh', '-c', command)
    assert.equal(await running.line(), 'listening on lo')
    // It notices when it writes: after the line that head took, and another.
    let isOver = false
    running.ended.then(() => {
      isOver = true
    })
    while (!isOver) await printedByPython('send_datagrams', '127.0.0.1', '7001')
    assert.equal((await running.rest()).length, 1)
  })

  const skip = without({ tcpdump: 'tcpdump' })
  programTest(
    'ring.mjs records what tcpdump reads',
    async (t) => {
      const folder = mkdtempSync(join(tmpdir(), 'berkeley-'))
      t.after(() => rmSync(folder, { recursive: true }))
      const file = join(folder, 'packets.pcap')
      const running = example(t, 'network/ring', 'lo', file)
      assert.equal(await running.line(), 'recording lo')
      await printedByPython('send_datagrams', '127.0.0.1', '9001', '9053')
      const read = () => String(output(pathOf('tcpdump'), ['-nn', '-r', file]))
      // Each goes out and comes in, and is answered: nobody was there.
      const seen = (text: string) => read().split(text).length - 1
      while (seen('udp port 9053 unreachable') < 2) await pause(50)
      for (const length of [1, 53])
        assert.equal(seen(`> 127.0.0.1.${9000 + length}: UDP, length ${length}\n`), 2)
      running.kill('SIGINT')
      assert.deepEqual([await running.rest(), await running.ended], [['8 packets, 0 dropped'], 0])
    },
    skip,
  )
})
