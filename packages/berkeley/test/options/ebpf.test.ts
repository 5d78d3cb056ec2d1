// Programs of extended BPF, loaded and attached: they drop, choose, are refused with the verifier's words.
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import {
  AF_INET,
  BPF_ABS,
  BPF_B,
  BPF_JEQ,
  BPF_JMP,
  BPF_K,
  BPF_LD,
  BPF_X,
  close,
  SO_REUSEPORT,
  SOCK_DGRAM,
  SOL_SOCKET,
  Socket,
} from 'berkeley'
import {
  attachBpf,
  attachReuseportEbpf,
  BPF_ALU64,
  BPF_EXIT,
  BPF_MOV,
  BPF_PROG_TYPE_SOCKET_FILTER,
  bpfInsn,
  bpfProgLoad,
  detachBpf,
  detachReuseportBpf,
  getFilter,
} from 'berkeley/options'
import { forms } from '../forms.ts'
import { type Scope, socketTest } from '../scope.ts'
import { warmUp } from '../worlds.ts'

before(warmUp)

const UDP_HEADER = 8
const set = (dstReg: number, imm: number) => ({ code: BPF_ALU64 | BPF_MOV | BPF_K, dstReg, imm })
const exit = { code: BPF_JMP | BPF_EXIT }

/** Lets datagrams through that do not begin with this letter. */
const without = (letter: string) => [
  { code: BPF_ALU64 | BPF_MOV | BPF_X, dstReg: 6, srcReg: 1 },
  { code: BPF_LD | BPF_B | BPF_ABS, imm: UDP_HEADER },
  { code: BPF_JMP | BPF_JEQ | BPF_K, dstReg: 0, imm: letter.charCodeAt(0), off: 2 },
  set(0, -1),
  exit,
  set(0, 0),
  exit,
]

function unprivileged(): string | false {
  try {
    close(bpfProgLoad(BPF_PROG_TYPE_SOCKET_FILTER, [set(0, 0), exit]))
    return false
  } catch (error) {
    if ((error as { code?: string }).code === 'EPERM') return 'needs CAP_BPF'
    throw error
  }
}
const skip = unprivileged()

function load(t: Scope, program: Parameters<typeof bpfProgLoad>[1]): number {
  const fd = bpfProgLoad(BPF_PROG_TYPE_SOCKET_FILTER, program)
  t.after(() => close(fd))
  return fd
}

for (const { name, library } of forms) {
  describe(name, () => {
    function receiver(
      t: Scope,
      address: readonly [string, number] = ['127.0.0.1', 0],
    ): Socket<typeof AF_INET> {
      const socket = new library.Socket(AF_INET, SOCK_DGRAM)
      t.after(() => socket.close())
      socket.setsockopt(SOL_SOCKET, SO_REUSEPORT, true)
      socket.bind(address)
      socket.settimeout(0)
      return socket
    }

    async function received(socket: Socket<typeof AF_INET>): Promise<string[]> {
      const found: string[] = []
      for (;;) {
        try {
          found.push(String(await socket.recv(100)))
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'EAGAIN')
          return found
        }
      }
    }

    async function send(to: Socket<typeof AF_INET>, ...texts: string[]): Promise<void> {
      using sender = new Socket(AF_INET, SOCK_DGRAM)
      for (const text of texts) await sender.sendto(text, to.getsockname())
    }

    socketTest(
      'an extended program drops what it does not like, until it is taken away',
      async (t) => {
        const socket = receiver(t)
        attachBpf(socket, load(t, without('x')))
        assert.throws(() => getFilter(socket), { code: 'EACCES' }) // It is none of the classic kind.
        await send(socket, 'a', 'x', 'b')
        assert.deepEqual(await received(socket), ['a', 'b'])
        detachBpf(socket)
        assert.throws(() => detachBpf(socket), { code: 'ENOENT' })
        await send(socket, 'x')
        assert.deepEqual(await received(socket), ['x'])
      },
      skip,
    )

    socketTest(
      'an extended program chooses among those that share a port',
      async (t) => {
        const first = receiver(t)
        const second = receiver(t, first.getsockname())
        attachReuseportEbpf(first, load(t, bpfInsn.encode([set(0, 1), exit])))
        await send(first, 'one', 'two', 'three')
        assert.deepEqual([await received(first), await received(second)], [[], ['one', 'two', 'three']])
        detachReuseportBpf(first)
      },
      skip,
    )
  })
}

test('a program that the verifier refuses: with its words', { skip }, () => {
  const type = BPF_PROG_TYPE_SOCKET_FILTER
  const readsUnset = [{ code: BPF_ALU64 | BPF_MOV | BPF_X, dstReg: 0, srcReg: 3 }, exit]
  assert.throws(() => bpfProgLoad(type, readsUnset), {
    code: 'EACCES',
    syscall: 'bpf',
    message: /R3 !read_ok/,
  })
  assert.throws(() => bpfProgLoad(type, [set(0, 0)]), { code: 'EINVAL', syscall: 'bpf' })
  assert.throws(() => bpfProgLoad(9999, [set(0, 0), exit]), { code: 'EINVAL' })
})

test('programs as bytes, and back', () => {
  const insns = [
    { code: 0xb7, dstReg: 10, srcReg: 1, off: -3, imm: -1 },
    { code: 0x95, dstReg: 0, srcReg: 0, off: 0, imm: 0 },
  ]
  const bytes = bpfInsn.encode(insns)
  // What `clang -target bpf` writes, on a little-endian machine.
  assert.equal(bytes.toString('hex'), 'b71afdffffffffff9500000000000000')
  assert.deepEqual(bpfInsn.decode(bytes), insns)
  assert.throws(() => bpfInsn.encode([{ code: 0, dstReg: 11 }]), { name: 'RangeError', message: /dstReg/ })
  assert.throws(() => bpfInsn.encode([{ code: 256 }]), { name: 'RangeError', message: /code/ })
})
