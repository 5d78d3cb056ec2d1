// A worker that looks up fifty names of a silent name server, in the form that it is told.
import { parentPort, workerData } from 'node:worker_threads'
import * as asynchronous from 'berkeley'
import * as blocking from 'berkeley/blocking'

for (let i = 0; i < 50; i++) void asynchronous.getaddrinfo(`host${i}.example.`, 80).catch(() => {})
parentPort!.postMessage('looking up')
if (workerData === 'blocking') blocking.getaddrinfo('host.example.', 80)
