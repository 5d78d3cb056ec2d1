// As settle-node.mjs, for Bun: its engine has no nursery of which one could ask.
import { heapStats } from 'bun:jsc'

process.on('SIGUSR2', async () => {
  for (let turn = 0; turn < 6; turn++) {
    Bun.gc(true)
    await Bun.sleep(30)
  }
  console.log(`SETTLED ${heapStats().heapSize} NaN`)
})
