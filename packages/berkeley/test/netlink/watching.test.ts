// Watching links, addresses and the other tables, in network namespaces of their own.
import { describe, test } from 'node:test'
import { formNames } from './forms.ts'
import { inNamespace, skip } from './namespace.ts'
import * as watching from './scenarios/watching.ts'

const scenarios = new URL('./scenarios/watching.js', import.meta.url)

for (const form of formNames) {
  describe(`${form}: watching`, { concurrency: 2 }, () => {
    for (const name of Object.keys(watching)) test(name, { skip }, () => inNamespace(scenarios, name, form))
  })
}
