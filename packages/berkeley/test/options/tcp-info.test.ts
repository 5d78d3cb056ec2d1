// TCP_INFO against what ss(8) says of the same connection.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { before, describe } from 'node:test'
import { AF_INET, SOCK_DGRAM, type Socket, TCP_ESTABLISHED, type TcpInfo } from 'berkeley'
import { getTcpInfo } from 'berkeley/options'
import { forms } from '../forms.ts'
import { without } from '../programs.ts'
import { socketTest } from '../scope.ts'
import { warmUp } from '../worlds.ts'

before(warmUp)

const skip = without({ ss: 'iproute2' })

/** `key:value` pairs of `ss -i` that are plain numbers, by the names of TcpInfo. */
const names: Readonly<Record<string, keyof TcpInfo>> = {
  cwnd: 'sndCwnd',
  mss: 'sndMss',
  rcvmss: 'rcvMss',
  advmss: 'advmss',
  pmtu: 'pmtu',
  bytes_sent: 'bytesSent',
  bytes_acked: 'bytesAcked',
  bytes_received: 'bytesReceived',
  segs_out: 'segsOut',
  segs_in: 'segsIn',
  data_segs_out: 'dataSegsOut',
  data_segs_in: 'dataSegsIn',
  rcv_space: 'rcvSpace',
  rcv_ssthresh: 'rcvSsthresh',
  delivered: 'delivered',
  ssthresh: 'sndSsthresh',
  snd_wnd: 'sndWnd',
  rcv_wnd: 'rcvWnd',
}

type Told = Readonly<Record<string, string>> & { readonly rtt: string; readonly wscale: string }

function ssOf(socket: Socket): Told {
  const [, from] = socket.getsockname()
  const [, to] = socket.getpeername()
  const text = execFileSync('ss', [
    '-tinOH',
    'sport',
    '=',
    `${from}`,
    'and',
    'dport',
    '=',
    `${to}`,
  ]).toString()
  return Object.fromEntries([...text.matchAll(/(\w+):(\S+)/g)].map(([, key, value]) => [key, value])) as Told
}

for (const { name, library } of forms) {
  describe(name, () => {
    socketTest('agrees with ss', async (t) => {
      if (skip) return
      const server = library.createServer(['127.0.0.1', 0])
      t.after(() => server.close())
      const client = new library.Socket()
      t.after(() => client.close())
      await client.connect(server.getsockname())
      const [connection] = await server.accept()
      t.after(() => connection.close())
      for (const socket of [client, connection]) socket.settimeout(5)
      for (let i = 0; i < 3; i++) {
        await client.sendall(Buffer.alloc(10_000))
        for (let got = 0; got < 10_000; ) got += (await connection.recv(10_000)).length
        await connection.sendall('thanks')
        await client.recv(100)
      }
      // Nothing is under way but an acknowledgement, which may come at any time: what did not change meanwhile counts.
      for (const socket of [client, connection]) {
        for (;;) {
          const info = getTcpInfo(socket)
          const ss = ssOf(socket)
          if (getTcpInfo(socket).segsOut + getTcpInfo(socket).segsIn !== info.segsOut + info.segsIn) continue
          assert.equal(info.state, TCP_ESTABLISHED)
          const told = Object.entries(names).filter(([key]) => key in ss)
          assert.ok(told.length >= 10, Object.keys(ss).join(' '))
          for (const [key, member] of told) assert.equal(info[member], Number(ss[key]), key)
          const [rtt, rttvar] = ss.rtt.split('/').map(Number)
          assert.ok(Math.abs(info.rtt / 1000 - rtt!) <= 0.001, `${info.rtt} µs, ${rtt} ms`)
          assert.ok(Math.abs(info.rttvar / 1000 - rttvar!) <= 0.001)
          assert.equal(`${info.sndWscale},${info.rcvWscale}`, ss.wscale)
          break
        }
      }
    })

    socketTest('of what is not TCP, or closed', (t) => {
      const socket = new library.Socket(AF_INET, SOCK_DGRAM)
      t.after(() => socket.close())
      assert.throws(() => getTcpInfo(socket), { syscall: 'getsockopt' })
      socket.close()
      assert.throws(() => getTcpInfo(socket), { code: 'EBADF' })
      assert.throws(() => getTcpInfo({} as never), {
        name: 'TypeError',
        message: /^getTcpInfo\(\): socket must be a descriptor, or an object that has fileno\(\) or fd, got/,
      })
    })
  })
}
