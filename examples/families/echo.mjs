// @ts-check
// One echo server for connections of many families: what a family is called is all that differs.
//
//   node examples/families/echo.mjs vsock 1024            socat - VSOCK-CONNECT:1:1024
//   node examples/families/echo.mjs sctp 127.0.0.1 1024   socat - SCTP:127.0.0.1:1024
//   node examples/families/echo.mjs mptcp 127.0.0.1 1024  socat - TCP:127.0.0.1:1024
//   node examples/families/echo.mjs unix /tmp/echo        socat - UNIX-CONNECT:/tmp/echo,type=5
//   node examples/families/echo.mjs l2cap 00:AA:01:01:00:01 4097    l2test -y -P 4097 00:AA:01:01:00:01
//   node examples/families/echo.mjs sco 00:AA:02:00:00:03           what a telephone does with a headset
//
// (what is at the path of a Unix socket has to be removed before), and prints
//
//   1,1075: 6 bytes
import * as berkeley from 'berkeley'
import { AF_BLUETOOTH, AF_INET, AF_UNIX, AF_VSOCK, OSError, SOCK_SEQPACKET, SOCK_STREAM } from 'berkeley'

const { BTPROTO_L2CAP, BTPROTO_RFCOMM, BTPROTO_SCO, IPPROTO_MPTCP, IPPROTO_SCTP, VMADDR_CID_ANY } = berkeley

const [family, first = '', second] = process.argv.slice(2)

/** @type {Record<string, () => readonly [number, number, number, import('berkeley').Address]>} */
const servers = {
  vsock: () => [AF_VSOCK, SOCK_STREAM, 0, [VMADDR_CID_ANY, Number(first)]],
  sctp: () => [AF_INET, SOCK_STREAM, IPPROTO_SCTP, [first, Number(second)]],
  mptcp: () => [AF_INET, SOCK_STREAM, IPPROTO_MPTCP, [first, Number(second)]],
  rfcomm: () => [AF_BLUETOOTH, SOCK_STREAM, BTPROTO_RFCOMM, [first, Number(second)]],
  l2cap: () => [AF_BLUETOOTH, SOCK_SEQPACKET, BTPROTO_L2CAP, [first, Number(second)]],
  sco: () => [AF_BLUETOOTH, SOCK_SEQPACKET, BTPROTO_SCO, first],
  unix: () => [AF_UNIX, SOCK_SEQPACKET, 0, first],
}
const server = servers[family ?? '']
if (!server || first === '') {
  console.error(`usage: echo.mjs ${Object.keys(servers).join('|')} ADDRESS...`)
  process.exit(2)
}

const [domain, type, proto, address] = server()
const listening = new berkeley.Socket(domain, type, proto)
listening.bind(address)
listening.listen()
console.log(`listening on ${listening.getsockname()}`)

for (;;) {
  const [connection, peer] = await listening.accept()
  try {
    for (;;) {
      const data = await connection.recv(65536)
      if (data.length === 0) break
      console.log(`${peer}: ${data.length} bytes`)
      await connection.sendall(data)
    }
  } catch (error) {
    // A client may go at any time, without a word; the next is served all the same.
    if (!(error instanceof OSError)) throw error
    console.log(`${peer}: ${error.message}`)
  } finally {
    connection.close()
  }
}
