// Loaded before a subject whose memory is measured: SIGUSR2 makes it collect all garbage and say how many bytes of
// JavaScript objects there are, and how large the nursery for new ones is. Several turns, because what one collection
// finds dead (finalizers, ephemerons) is only freed after it.
import { setTimeout } from 'node:timers/promises'
import { getHeapSpaceStatistics } from 'node:v8'

process.on('SIGUSR2', async () => {
  for (let turn = 0; turn < 6; turn++) {
    globalThis.gc()
    await setTimeout(30)
  }
  const nursery = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')
  console.log(`SETTLED ${process.memoryUsage().heapUsed} ${nursery.physical_space_size}`)
})
