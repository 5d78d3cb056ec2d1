// Requests of NETLINK_ROUTE, in network namespaces of their own.
import { describe, test } from 'node:test'
import { formNames } from './forms.ts'
import { inNamespace, skip } from './namespace.ts'
import * as requests from './scenarios/requests.ts'

const scenarios = new URL('./scenarios/requests.js', import.meta.url)

for (const form of formNames) {
  describe(`${form}: requests`, { concurrency: 2 }, () => {
    for (const name of Object.keys(requests)) test(name, { skip }, () => inNamespace(scenarios, name, form))
  })
}
