// The programs of examples/netlink, in network namespaces of their own.
import { test } from 'node:test'
import { inNamespace, skip } from './namespace.ts'
import * as examples from './scenarios/examples.ts'

const scenarios = new URL('./scenarios/examples.js', import.meta.url)

for (const name of Object.keys(examples)) test(name, { skip }, () => inNamespace(scenarios, name, 'async'))
