// @ts-check
// Lets itself be found: whoever asks the group on this network gets an answer, to itself alone. Several can do so on one
// machine. Without an interface routing chooses one; `lo` stays within the machine.
//
//   node examples/multicast/answer.mjs NAME [INTERFACE]
//   node examples/multicast/find.mjs [INTERFACE]
//
// prints
//
//   listening on 239.77.77.77:7778
//   told 192.0.2.7:49152
import { AF_INET, OSError, SO_REUSEADDR, SOCK_DGRAM, SOL_SOCKET, Socket } from 'berkeley'
import { joinGroup } from 'berkeley/options'

const [name, ifname] = process.argv.slice(2)
if (!name) {
  console.error('usage: answer.mjs NAME [INTERFACE]')
  process.exit(2)
}
const [GROUP, PORT] = ['239.77.77.77', 7778] // Of those for use within a site (RFC 2365).

const socket = new Socket(AF_INET, SOCK_DGRAM)
socket.setsockopt(SOL_SOCKET, SO_REUSEADDR, true) // Others on this machine hear the group as well.
socket.bind([GROUP, PORT]) // Not to '': then we would hear what comes to this port from anywhere.
joinGroup(socket, GROUP, ifname ? { interface: ifname } : {}) // Left when the socket is closed, however that happens.
console.log(`listening on ${GROUP}:${PORT}`)

for (;;) {
  const [question, asker] = await socket.recvfrom(1024)
  if (question.toString() !== 'who is there?') continue // It is for somebody else.
  try {
    await socket.sendto(name, asker)
    console.log(`told ${asker.join(':')}`)
  } catch (error) {
    // Anybody can send us a datagram from an address that cannot be answered.
    if (!(error instanceof OSError)) throw error
    console.log(`${asker.join(':')}: ${error.message}`)
  }
}
