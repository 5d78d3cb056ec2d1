// DCCP, SMC and KCM.
import assert from 'node:assert/strict'
import { before } from 'node:test'
import {
  AF_INET,
  AF_INET6,
  AF_KCM,
  AF_SMC,
  BPF_ABS,
  BPF_ADD,
  BPF_ALU,
  BPF_H,
  BPF_JMP,
  BPF_K,
  BPF_LD,
  BPF_X,
  close,
  IPPROTO_DCCP,
  IPPROTO_TCP,
  KCMPROTO_CONNECTED,
  SOCK_DCCP,
  SOCK_DGRAM,
  SOCK_STREAM,
  type Socket,
  TCP_NODELAY,
} from 'berkeley'
import {
  BPF_ALU64,
  BPF_EXIT,
  BPF_MOV,
  BPF_PROG_TYPE_SOCKET_FILTER,
  bpfProgLoad,
  kcmAttach,
  kcmClone,
  kcmUnattach,
} from 'berkeley/options'
import { type Bench, familyTest, warmUp } from './family-test.ts'

before(warmUp)

const SMCPROTO_SMC6 = 1

async function connected(
  { open, own }: Bench,
  host: string,
  of?: Parameters<Bench['open']>[0],
): Promise<[Socket<number>, Socket<number>]> {
  const listening = open(of)
  listening.bind([host, 0])
  listening.listen()
  const client = open(of)
  await client.connect(listening.getsockname() as never)
  const [server, address] = await listening.accept()
  assert.deepEqual(address, client.getsockname())
  assert.deepEqual(client.getpeername(), listening.getsockname())
  return [client, own(server)]
}

for (const [family, host] of [
  [AF_INET, '127.0.0.1'],
  [AF_INET6, '::1'],
] as const) {
  familyTest(
    { family, type: SOCK_DCCP, proto: IPPROTO_DCCP },
    `DCCP: packets keep their borders, ${host}`,
    async (bench) => {
      const [client, server] = await connected(bench, host)
      assert.equal(client.type, SOCK_DCCP)
      for (const text of ['one', 'and another']) await client.send(text)
      assert.deepEqual(
        [String(await server.recv(100)), String(await server.recv(100))],
        ['one', 'and another'],
      )
      await server.send('back')
      assert.equal(String(await client.recv(100)), 'back')
    },
  )
}

for (const [proto, host] of [
  [0, '127.0.0.1'],
  [SMCPROTO_SMC6, '::1'],
] as const) {
  familyTest(
    { family: AF_SMC, type: SOCK_STREAM, proto },
    `SMC: a stream, with the addresses of its protocol, ${host}`,
    async (bench) => {
      const [client, server] = await connected(bench, host)
      assert.equal((client.getsockname() as [string])[0], host)
      await client.sendall('there')
      assert.equal(String(await server.recv(100)), 'there')
      await server.sendall('and back')
      assert.equal(String(await client.recv(100)), 'and back')
      client.close()
      assert.equal((await server.recv(100)).length, 0)
    },
  )
}

/** Messages that begin with the length of what follows, in two bytes. */
function parser(t: Bench['t']): number {
  const [R0, R1, R6] = [0, 1, 6]
  const program = bpfProgLoad(BPF_PROG_TYPE_SOCKET_FILTER, [
    { code: BPF_ALU64 | BPF_MOV | BPF_X, dstReg: R6, srcReg: R1 }, // BPF_LD reads the packet that r6 names.
    { code: BPF_LD | BPF_H | BPF_ABS, imm: 0 },
    { code: BPF_ALU | BPF_ADD | BPF_K, dstReg: R0, imm: 2 },
    { code: BPF_JMP | BPF_EXIT },
  ])
  t.after(() => close(program))
  return program
}

function framed(text: string): Buffer {
  const head = Buffer.alloc(2)
  head.writeUInt16BE(text.length)
  return Buffer.concat([head, Buffer.from(text)])
}

const KCM = { family: AF_KCM, type: SOCK_DGRAM, proto: KCMPROTO_CONNECTED }
const TCP = { family: AF_INET, type: SOCK_STREAM, proto: 0 }

familyTest(KCM, 'KCM: a program finds the borders of messages in a stream', async (bench) => {
  const [plain, connection] = await connected(bench, '127.0.0.1', TCP)
  const messages = bench.open()
  kcmAttach(messages, connection, parser(bench.t))
  // As of Linux 6.1 the program sees a segment from its beginning, also when that is the end of another message.
  plain.setsockopt(IPPROTO_TCP, TCP_NODELAY, true)
  for (const piece of [framed('one'), framed(''), framed('three').subarray(0, 3), 'hree'])
    await plain.sendall(piece)
  for (const text of ['one', '', 'three']) assert.deepEqual(await messages.recv(100), framed(text))
  await messages.send(framed('answer'))
  assert.deepEqual(await plain.recv(100), framed('answer'))
  kcmUnattach(messages, connection)
  assert.throws(() => kcmUnattach(messages, connection), { name: /Error/, syscall: 'ioctl' })
})

familyTest(KCM, 'KCM: a clone is a further socket over the same connections', async (bench) => {
  const [plain, connection] = await connected(bench, '127.0.0.1', TCP)
  const messages = bench.open()
  kcmAttach(messages, connection, parser(bench.t))
  const clone = bench.own(
    new bench.library.Socket<number>(AF_KCM, SOCK_DGRAM, KCMPROTO_CONNECTED, kcmClone(messages)),
  )
  await clone.send(framed('from the clone'))
  assert.deepEqual(await plain.recv(100), framed('from the clone'))
  assert.throws(() => kcmAttach(clone, plain, plain), { syscall: 'ioctl' })
})
