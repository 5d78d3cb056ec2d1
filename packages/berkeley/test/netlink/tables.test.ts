// What the tables of NETLINK_ROUTE say, beside ip(8), in network namespaces of their own.
import { describe, test } from 'node:test'
import { formNames } from './forms.ts'
import { inNamespace, skip } from './namespace.ts'
import * as tables from './scenarios/tables.ts'

const scenarios = new URL('./scenarios/tables.js', import.meta.url)

for (const form of formNames) {
  describe(`${form}: as ip(8) shows it`, { concurrency: 2 }, () => {
    for (const name of Object.keys(tables)) test(name, { skip }, () => inNamespace(scenarios, name, form))
  })
}
