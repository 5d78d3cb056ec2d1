// A thread that owns one end of a connection and answers each line in capitals, blocking.
import { workerData } from 'node:worker_threads'
import { AF_UNIX, SOCK_STREAM, Socket } from 'berkeley/blocking'

using socket = new Socket(AF_UNIX, SOCK_STREAM, 0, workerData as number)
using file = socket.makefile('rw', { newline: null, buffering: 1 })
for (const line of file) file.write(line.toUpperCase())
