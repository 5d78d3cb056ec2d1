// A thread that waits for packets in a ring, until it is ended from outside.
import { parentPort } from 'node:worker_threads'
import { AF_PACKET, SOCK_RAW, Socket } from 'berkeley'
import { PacketRing } from 'berkeley/rings'

const EXPERIMENTAL = 0x88b6
const socket = new Socket(AF_PACKET, SOCK_RAW)
const ring = new PacketRing(socket)
socket.bind(['lo', EXPERIMENTAL])
parentPort?.postMessage('waiting')
await ring.next()
