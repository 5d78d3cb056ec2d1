// The program of a server's threads and processes.
import { startWorker } from './socketserver/worker/start.ts'

await startWorker()
