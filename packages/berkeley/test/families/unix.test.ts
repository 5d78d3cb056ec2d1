// AF_UNIX: names that the kernel chooses, and who the peer is: numbers, groups, descriptors of its process.
import assert from 'node:assert/strict'
import { readFileSync, readlinkSync } from 'node:fs'
import { release } from 'node:os'
import { before } from 'node:test'
import {
  AF_UNIX,
  CMSG_SPACE,
  credentials,
  MSG_PEEK,
  SCM_CREDENTIALS,
  SO_PASSCRED,
  SO_PASSPIDFD,
  SO_PASSSEC,
  SO_PEEK_OFF,
  SO_PEERCRED,
  SO_PEERGROUPS,
  SO_PEERPIDFD,
  SOCK_DGRAM,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  SOL_SOCKET,
  type Socket,
  ucred,
} from 'berkeley'
import { type Bench, controlOf, familyTest, warmUp } from './family-test.ts'

before(warmUp)

const types = [
  ['SOCK_STREAM', { family: AF_UNIX, type: SOCK_STREAM }],
  ['SOCK_DGRAM', { family: AF_UNIX, type: SOCK_DGRAM }],
  ['SOCK_SEQPACKET', { family: AF_UNIX, type: SOCK_SEQPACKET }],
] as const
const own = { pid: process.pid, uid: process.getuid!(), gid: process.getgid!() }
const root = own.uid === 0

function pair({ library, own: take }: Bench, type: number): [Socket<number>, Socket<number>] {
  const [left, right] = library.socketpair(AF_UNIX, type)
  return [take(left), take(right)]
}

/** The process that a descriptor of one stands for. */
function processOf(descriptor: number): number {
  assert.match(readlinkSync(`/proc/self/fd/${descriptor}`), /pidfd/)
  return Number(/^Pid:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))?.[1])
}

/** Whether the kernel is at least this one. */
function kernelIs(major: number, minor: number): boolean {
  const [, has = 0, hasMinor = 0] = /^(\d+)\.(\d+)/.exec(release())!.map(Number)
  return has > major || (has === major && hasMinor >= minor)
}

// Without a policy everybody has the label that the kernel itself has; on a machine with one this is the test's own.
familyTest(
  { family: AF_UNIX, type: SOCK_DGRAM, files: ['/sys/fs/selinux', '/proc/self/attr/current'] },
  'SCM_SECURITY: the security context of who sent it',
  async (bench) => {
    const [sender, receiver] = pair(bench, SOCK_DGRAM)
    receiver.setsockopt(SOL_SOCKET, SO_PASSSEC, true)
    await sender.send('who?')
    const [data, ancillary] = await receiver.recvmsg(100, CMSG_SPACE(256))
    assert.equal(data.toString(), 'who?')
    const label = readFileSync('/proc/self/attr/current', 'utf8').replace(/\0?\n?$/, '')
    assert.equal(controlOf(ancillary, 'security'), label)
    assert.match(label, /\w/)
  },
)

for (const [name, kind] of types) {
  familyTest(kind, `${name}: the kernel chooses a name, and one has it alone`, ({ open }) => {
    const [first, second] = [open(), open()]
    first.bind('')
    second.bind('')
    for (const socket of [first, second]) {
      assert.match((socket.getsockname() as Buffer).toString('latin1'), /^\0[0-9a-f]{5}$/)
    }
    assert.notDeepEqual(first.getsockname(), second.getsockname())
  })

  familyTest(kind, `${name}: credentials come with a message, if they are asked for`, async (bench) => {
    const [left, right] = pair(bench, kind.type)
    right.setsockopt(SOL_SOCKET, SO_PASSCRED, true)
    await left.send('x')
    const [, ancdata] = await right.recvmsg(10, CMSG_SPACE(12))
    assert.deepEqual(controlOf(ancdata, 'credentials'), own)
    right.setsockopt(SOL_SOCKET, SO_PASSCRED, false)
    await left.send('x')
    assert.deepEqual((await right.recvmsg(10, CMSG_SPACE(12)))[1], [])
  })

  familyTest(kind, `${name}: credentials are given, as far as they are true`, async (bench) => {
    const [left, right] = pair(bench, kind.type)
    right.setsockopt(SOL_SOCKET, SO_PASSCRED, true)
    const send = (uid: number) =>
      left.sendmsg(['x'], [[SOL_SOCKET, SCM_CREDENTIALS, credentials.encode({ ...own, uid })]])
    const other = own.uid + 1
    if (root) await send(other)
    else await assert.rejects(async () => send(other), { code: 'EPERM' })
    await send(own.uid)
    for (const uid of root ? [other, own.uid] : [own.uid]) {
      const [, ancdata] = await right.recvmsg(1, CMSG_SPACE(12))
      assert.equal(controlOf(ancdata, 'credentials').uid, uid)
    }
  })

  familyTest(kind, `${name}: who the peer is`, (bench) => {
    const [left] = pair(bench, kind.type)
    assert.deepEqual(ucred.decode(left.getsockopt(SOL_SOCKET, SO_PEERCRED, 12)), own)
    const groups = left.getsockopt(SOL_SOCKET, SO_PEERGROUPS, 4096)
    const numbers = [...new Uint32Array(Uint8Array.from(groups).buffer)]
    const status = /^Groups:(.*)$/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]!
    assert.deepEqual(numbers, status.split(/\s+/).filter(Boolean).map(Number))
  })

  if (kernelIs(6, 5)) {
    familyTest(kind, `${name}: a descriptor of the peer's process`, async (bench) => {
      const [left, right] = pair(bench, kind.type)
      const peer = left.getsockopt(SOL_SOCKET, SO_PEERPIDFD)
      assert.equal(processOf(peer), process.pid)
      bench.library.close(peer)
      right.setsockopt(SOL_SOCKET, SO_PASSPIDFD, true)
      await left.send('x')
      const [, ancdata] = await right.recvmsg(10, CMSG_SPACE(4))
      const sender = controlOf(ancdata, 'pidfd')
      assert.equal(processOf(sender), process.pid)
      bench.library.close(sender)
    })
  }

  familyTest(kind, `${name}: peeking goes on where it stopped`, async (bench) => {
    const [left, right] = pair(bench, kind.type)
    right.setsockopt(SOL_SOCKET, SO_PEEK_OFF, 0)
    await left.send('abcdef')
    assert.equal((await right.recv(2, MSG_PEEK)).toString(), 'ab')
    assert.equal((await right.recv(2, MSG_PEEK)).toString(), 'cd')
    assert.equal((await right.recv(10)).toString(), 'abcdef')
  })
}
