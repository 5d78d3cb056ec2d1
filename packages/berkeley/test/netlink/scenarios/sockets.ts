// TCP, UDP and Unix sockets: the same facts as ss(8) shows.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import {
  AF_INET,
  AF_INET6,
  AF_NETLINK,
  AF_PACKET,
  AF_UNIX,
  ETH_P_ALL,
  ETH_P_IP,
  IPPROTO_ICMP,
  IPPROTO_UDP,
  NETLINK_ROUTE,
  NETLINK_SOCK_DIAG,
  PACKET_AUXDATA,
  SHUT_WR,
  SO_COOKIE,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  SOL_PACKET,
  SOL_SOCKET,
  TCP_CLOSE,
  TCP_ESTABLISHED,
  TCP_FIN_WAIT1,
  TCP_FIN_WAIT2,
  TCP_LISTEN,
} from 'berkeley'
import { createConnection, createServer, Socket, socketpair } from 'berkeley/blocking'
import {
  type InetSocket,
  PDI_AUXDATA,
  PDI_RUNNING,
  RTNLGRP_IPV4_ROUTE,
  RTNLGRP_LINK,
  type SocketMemory,
  type UnixSocket,
} from 'berkeley/netlink'
import { getTcpInfo } from 'berkeley/options'
import type { Scenario } from '../namespace.ts'

const states: Readonly<Record<string, number>> = {
  ESTAB: TCP_ESTABLISHED,
  LISTEN: TCP_LISTEN,
  UNCONN: TCP_CLOSE,
  'FIN-WAIT-2': TCP_FIN_WAIT2,
  'CLOSE-WAIT': 8,
}

function ss(...args: string[]): string[][] {
  const text = execFileSync('ss', ['-H', '-O', '-n', '-a', '-e', '-m', ...args], { encoding: 'utf8' })
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
}

const after = (words: readonly string[], name: string): string | undefined =>
  words.find((word) => word.startsWith(`${name}:`))?.slice(name.length + 1)

const skmem = (memory: SocketMemory | null): string => {
  const { rmemAlloc, rcvbuf, wmemAlloc, sndbuf, fwdAlloc, wmemQueued, optmem, backlog, drops } = memory!
  return `(r${rmemAlloc},rb${rcvbuf},t${wmemAlloc},tb${sndbuf},f${fwdAlloc},w${wmemQueued},o${optmem},bl${backlog},d${drops})`
}

function shown({ family, v6only }: InetSocket, [host, port]: readonly [string, number]): string {
  const anyHost = host === '::' && v6only === false ? '*' : `[${host}]`
  return `${family === AF_INET ? host : anyHost}:${port === 0 ? '*' : port}`
}

const ours = (socket: InetSocket) => ({
  state: socket.state,
  rqueue: socket.rqueue,
  wqueue: socket.wqueue,
  local: shown(socket, socket.local),
  remote: shown(socket, socket.remote),
  inode: socket.inode,
  cookie: socket.cookie,
  uid: socket.uid,
  memory: skmem(socket.socketMemory),
})

const theirs = ([state, rqueue, wqueue, local, remote, ...rest]: string[]) => ({
  state: states[state!],
  rqueue: Number(rqueue),
  wqueue: Number(wqueue),
  local,
  remote,
  inode: Number(after(rest, 'ino')),
  cookie: BigInt(`0x${after(rest, 'sk')}`),
  uid: Number(after(rest, 'uid') ?? 0),
  memory: after(rest, 'skmem'),
})

const byInode = <Row extends { inode: number }>(rows: Row[]): Row[] => rows.sort((a, b) => a.inode - b.inode)

const portOf = (socket: { getsockname(): unknown }): number => (socket.getsockname() as [string, number])[1]

export const tcp: Scenario = async (netlink) => {
  using server = createServer(['127.0.0.1', 0])
  using server6 = createServer(['::1', 0], { family: AF_INET6 })
  using both = createServer(['', 0], { family: AF_INET6, dualstackIpv6: true })
  using client = createConnection(server.getsockname() as [string, number])
  using accepted = server.accept()[0]
  client.sendall('hello')
  using client6 = createConnection(['::1', portOf(server6)])
  using accepted6 = server6.accept()[0]
  client6.shutdown(SHUT_WR)
  // On a busy machine the answer to that comes later, and two who ask could be told of two states.
  while (getTcpInfo(client6).state === TCP_FIN_WAIT1) await turn()
  using mapped = createConnection(['127.0.0.1', portOf(both)])
  using acceptedMapped = both.accept()[0]

  using diag = new netlink.DiagSocket()
  const all = await diag.tcp()
  const words = ss('-t', '-i')
  assert.deepEqual(byInode(all.map(ours)), byInode(words.map(theirs)))
  assert.equal(all.length, 9)

  // What the kernel tells of one connection.
  const port = portOf(accepted)
  const peer = portOf(client)
  const [one, ...others] = await diag.tcp({ family: AF_INET, sport: port, dport: peer })
  assert.deepEqual(others, [])
  const line = words.find((row) => after(row, 'ino') === `${one!.inode}`)!
  const { rto, sndMss, advmss, pmtu, sndCwnd, bytesReceived, segsIn, sndWscale, rcvWscale } = one!.tcpInfo!
  assert.deepEqual(
    [rto! / 1000, sndMss, advmss, pmtu, sndCwnd, bytesReceived, segsIn, `${sndWscale},${rcvWscale}`],
    [
      ...['rto', 'mss', 'advmss', 'pmtu', 'cwnd', 'bytes_received', 'segs_in'].map((name) =>
        Number(after(line, name)),
      ),
      after(line, 'wscale'),
    ],
  )
  assert.equal(bytesReceived, 5)
  assert.ok(line.includes(one!.congestion!))
  assert.equal(one!.memory!.rmem, one!.socketMemory!.rmemAlloc)
  assert.equal(one!.cgroup !== null, true)

  const local = (sockets: InetSocket[]) => sockets.map((socket) => socket.local[1]).sort()
  const listening = await diag.tcp({ states: [TCP_LISTEN] })
  assert.deepEqual(local(listening), [server, server6, both].map(portOf).sort())
  assert.deepEqual(local(await diag.tcp({ states: [TCP_LISTEN], family: AF_INET })), [port])
  assert.deepEqual(
    (await diag.tcp({ dport: portOf(server6) })).map(({ state }) => state),
    [TCP_FIN_WAIT2],
  )
  assert.deepEqual(await diag.tcp({ states: [] }), [])
  // Half closed: one receives no more.
  const ended = all.find(({ remote }) => remote[1] === portOf(client6))!
  assert.deepEqual([ended.state, ended.shutdown], [8, 1])
  for (const each of [accepted6, mapped, acceptedMapped]) assert.ok(each.fileno() >= 0)
}

export const udp: Scenario = async (netlink) => {
  using receiver = new Socket(AF_INET, SOCK_DGRAM)
  receiver.bind(['127.0.0.1', 0])
  using sender = new Socket(AF_INET, SOCK_DGRAM)
  sender.connect(receiver.getsockname())
  sender.send('hello')
  using six = new Socket(AF_INET6, SOCK_DGRAM)
  six.bind(['::1', 0])
  using diag = new netlink.DiagSocket()
  const all = await diag.udp()
  assert.deepEqual(byInode(all.map(ours)), byInode(ss('-u').map(theirs)))
  assert.equal(all.length, 3)
  const connected = await diag.udp({ states: [TCP_ESTABLISHED] })
  assert.deepEqual(
    connected.map(({ local, remote }) => [...local, ...remote]),
    [[...sender.getsockname(), ...receiver.getsockname()]],
  )
  assert.equal((await diag.udp({ family: AF_INET6 })).length, 1)
}

const types: Readonly<Record<string, number>> = {
  u_str: SOCK_STREAM,
  u_dgr: SOCK_DGRAM,
  u_seq: SOCK_SEQPACKET,
}

const nameOf = (name: UnixSocket['name']): string =>
  name === null ? '*' : typeof name === 'string' ? name : name.toString('latin1').replaceAll('\0', '@')

export const unix: Scenario = async (netlink) => {
  const folder = mkdtempSync(join(tmpdir(), 'berkeley-diag-'))
  try {
    const path = join(folder, 'listening')
    const [left, right] = socketpair(AF_UNIX, SOCK_SEQPACKET)
    using one = left
    using other = right
    one.sendall('hello')
    using server = new Socket(AF_UNIX)
    server.bind(path)
    server.listen(3)
    using client = new Socket(AF_UNIX)
    client.connect(path)
    using abstract = new Socket(AF_UNIX, SOCK_DGRAM)
    abstract.bind('\0abstract\0name')

    using diag = new netlink.DiagSocket()
    const all = await diag.unix()
    const known = new Set(all.map(({ inode }) => inode))
    // Those by which ss itself is read came later.
    const rows = ss('-x')
      .map(([type, state, rqueue, wqueue, name, inode, , peer, ...rest]) => ({
        type: types[type!],
        state: states[state!],
        rqueue: Number(rqueue),
        wqueue: Number(wqueue),
        name,
        inode: Number(inode),
        peer: Number(peer),
        memory: after(rest, 'skmem'),
      }))
      .filter(({ inode }) => known.has(inode))
    assert.equal(all.length, 5)
    assert.deepEqual(
      byInode(
        all.map((socket) => ({
          type: socket.type,
          state: socket.state,
          rqueue: socket.rqueue,
          wqueue: socket.wqueue,
          name: nameOf(socket.name),
          inode: socket.inode,
          peer: socket.peer ?? 0,
          memory: skmem(socket.socketMemory),
        })),
      ),
      byInode(rows),
    )
    const listening = await diag.unix({ states: [TCP_LISTEN] })
    assert.deepEqual(
      listening.map(({ name, rqueue, wqueue, pending, uid }) => [name, rqueue, wqueue, pending.length, uid]),
      [[path, 1, 3, 1, 0]],
    )
    assert.ok(known.has(listening[0]!.pending[0]!), 'the one that waits')
    assert.ok(listening[0]!.vfs!.inode > 0)
    const bound = all.find(({ type }) => type === SOCK_DGRAM)!
    assert.deepEqual(bound.name, Buffer.from('\0abstract\0name'))
    assert.equal(other.recv(10).toString(), 'hello')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export const raw: Scenario = async (netlink) => {
  using four = new Socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)
  four.bind(['127.0.0.1', 0])
  using six = new Socket(AF_INET6, SOCK_RAW, IPPROTO_UDP)
  using diag = new netlink.DiagSocket()
  try {
    const all = await diag.raw()
    assert.deepEqual(byInode(all.map(ours)), byInode(ss('-w').map(theirs)))
    assert.equal(all.length, 2)
    assert.ok(six.fileno() >= 0)
  } catch (error) {
    // ss goes on with /proc/net/raw where the kernel was built without it.
    if ((error as { code?: string }).code !== 'ENOENT') throw error
    await assert.rejects(async () => await diag.raw({ family: AF_INET6 }), { code: 'ENOENT' })
  }
}

export const packet: Scenario = async (netlink) => {
  using all = new Socket(AF_PACKET, SOCK_RAW)
  all.bind(['lo', ETH_P_ALL])
  all.setsockopt(SOL_PACKET, PACKET_AUXDATA, true)
  using ip = new Socket(AF_PACKET, SOCK_DGRAM)
  ip.bind(['', ETH_P_IP])
  using none = new Socket(AF_PACKET, SOCK_RAW)
  using diag = new netlink.DiagSocket()
  const sockets = (await diag.packet()).sort((a, b) => b.proto - a.proto)
  assert.deepEqual(
    sockets.map(({ family, type, proto, info, uid, fanout }) => [
      family,
      type,
      proto,
      info?.index,
      uid,
      fanout,
    ]),
    [
      [AF_PACKET, SOCK_DGRAM, ETH_P_IP, 0, 0, null],
      [AF_PACKET, SOCK_RAW, ETH_P_ALL, 1, 0, null],
      [AF_PACKET, SOCK_RAW, 0, 0, 0, null],
    ],
  )
  assert.deepEqual(
    sockets.map(({ info }) => info!.flags & (PDI_AUXDATA | PDI_RUNNING)),
    [PDI_RUNNING, PDI_AUXDATA | PDI_RUNNING, 0],
  )
  assert.deepEqual(
    sockets.map(({ cookie }) => cookie),
    [ip, all, none].map((each) => each.getsockopt(SOL_SOCKET, SO_COOKIE, 8).readBigUInt64LE()),
  )
  assert.deepEqual(
    byInode(sockets).map(({ inode, cookie, socketMemory }) => [inode, cookie, skmem(socketMemory)]),
    ss('-0')
      .map((words) => [Number(after(words, 'ino')), BigInt(`0x${after(words, 'sk')}`), after(words, 'skmem')])
      .sort(([a], [b]) => Number(a) - Number(b)),
  )
}

export const netlinkSockets: Scenario = async (netlink) => {
  using route = new Socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)
  route.bind([0, (1 << (RTNLGRP_LINK - 1)) | (1 << (RTNLGRP_IPV4_ROUTE - 1))])
  const [port] = route.getsockname()
  using diag = new netlink.DiagSocket()
  const all = await diag.netlink()
  const own = all.find((each) => each.protocol === NETLINK_ROUTE && each.port === port)!
  assert.deepEqual(
    [own.family, own.type, own.state, own.peerPort, own.peerGroup, own.groups],
    [AF_NETLINK, SOCK_RAW, TCP_CLOSE, 0, 0, [RTNLGRP_LINK, RTNLGRP_IPV4_ROUTE]],
  )
  assert.equal(own.cookie, route.getsockopt(SOL_SOCKET, SO_COOKIE, 8).readBigUInt64LE())
  assert.ok(all.some((each) => each.protocol === NETLINK_SOCK_DIAG && each.port === diag.port))
  assert.ok(
    all.some((each) => each.port === 0 && each.protocol === NETLINK_ROUTE),
    'the kernel has one as well',
  )
  const table = readFileSync('/proc/self/net/netlink', 'utf8').trim().split('\n').slice(1)
  assert.deepEqual(
    all.map(({ protocol, port, inode }) => `${protocol} ${port} ${inode}`).sort(),
    table
      .map((line) => line.trim().split(/\s+/))
      .map(([, protocol, port, , , , , , , inode]) => `${protocol} ${port} ${inode}`)
      .sort(),
  )
}
