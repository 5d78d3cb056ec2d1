// As settle-node.mjs, for Deno, which does not say how large the nursery is.
Deno.addSignalListener('SIGUSR2', async () => {
  for (let turn = 0; turn < 6; turn++) {
    globalThis.gc()
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
  console.log(`SETTLED ${Deno.memoryUsage().heapUsed} NaN`)
})
