// @ts-check
// Says who writes to a Unix socket: process, user and group of each message's sender, which the kernel vouches for.
//
//   rm -f /tmp/who; node examples/families/who.mjs /tmp/who
//   echo hello | socat - UNIX-SENDTO:/tmp/who
//
// prints
//
//   process 4711 of user 1000, group 1000: hello
import { AF_UNIX, CMSG_SPACE, decodeAncillary, SO_PASSCRED, SOCK_DGRAM, SOL_SOCKET, Socket } from 'berkeley'

const [path] = process.argv.slice(2)
if (!path) {
  console.error('usage: who.mjs PATH')
  process.exit(2)
}

const socket = new Socket(AF_UNIX, SOCK_DGRAM)
socket.setsockopt(SOL_SOCKET, SO_PASSCRED, true)
socket.bind(path)
console.error(`listening on ${path}`)
process.stdout.on('error', () => process.exit()) // Who reads us, head perhaps, has enough.
for (;;) {
  const [data, ancdata] = await socket.recvmsg(65536, CMSG_SPACE(12))
  for (const message of decodeAncillary(ancdata)) {
    if (message.name !== 'credentials') continue
    const { pid, uid, gid } = message.value
    console.log(`process ${pid} of user ${uid}, group ${gid}: ${data.toString().trim()}`)
  }
}
