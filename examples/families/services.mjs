// @ts-check
// Tells which services of a type come and go in a TIPC cluster.
//
//   node examples/families/services.mjs 18888
//   python3 -c 'import socket as s; a = s.socket(s.AF_TIPC, s.SOCK_RDM); a.bind((s.TIPC_ADDR_NAMESEQ, 18888, 5, 9))'
//
// prints
//
//   5 to 9 is served by 0:2893812345
//   5 to 9 is no longer served by 0:2893812345
import { AF_TIPC, SOCK_SEQPACKET, Socket, TIPC_ADDR_NAME, TIPC_PUBLISHED, TIPC_TOP_SRV } from 'berkeley'
import { tipcEvent, tipcSubscription } from 'berkeley/families'

const type = Number(process.argv[2])
if (!Number.isInteger(type)) {
  console.error('usage: services.mjs TYPE')
  process.exit(2)
}

const topology = new Socket(AF_TIPC, SOCK_SEQPACKET)
await topology.connect([TIPC_ADDR_NAME, TIPC_TOP_SRV, TIPC_TOP_SRV, 0])
await topology.send(tipcSubscription.encode({ type, lower: 0, upper: 0xffffffff }))
console.error('listening')
process.stdout.on('error', () => process.exit()) // Who reads us, head perhaps, has enough.
for (;;) {
  const { event, foundLower, foundUpper, node, ref } = tipcEvent.decode(await topology.recv(48))
  const what = event === TIPC_PUBLISHED ? 'is' : 'is no longer'
  console.log(`${foundLower} to ${foundUpper} ${what} served by ${node}:${ref}`)
}
