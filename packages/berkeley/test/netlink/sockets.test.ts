// What socket diagnostics say, beside ss(8), in network namespaces of their own.
import { describe, test } from 'node:test'
import { formNames } from './forms.ts'
import { inNamespace, skip } from './namespace.ts'
import * as sockets from './scenarios/sockets.ts'

const scenarios = new URL('./scenarios/sockets.js', import.meta.url)

for (const form of formNames) {
  describe(`${form}: sockets`, { concurrency: 2 }, () => {
    for (const name of Object.keys(sockets)) test(name, { skip }, () => inNamespace(scenarios, name, form))
  })
}
