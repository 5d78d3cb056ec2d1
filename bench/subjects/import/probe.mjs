// Imports the module it is given and says how long that took.
const cpuBefore = process.cpuUsage()
const before = performance.now()
await import(process.argv[2])
const wall = performance.now() - before
const { user, system } = process.cpuUsage(cpuBefore)
console.log(JSON.stringify({ wall, cpu: (user + system) / 1000 }))
