// Calls one scenario, in the network namespace that this process was started in: module, name, form.
import assert from 'node:assert/strict'
import { leavesNothingOpen } from '../descriptors.ts'
import { type FormName, forms, openLoop } from './forms.ts'
import { ip, type Scenario } from './namespace.ts'

const [, , scenarios, name, form] = process.argv as [string, string, string, string, FormName]
ip('link', 'set', 'lo', 'up')
const scenario = ((await import(scenarios)) as Record<string, Scenario>)[name]
assert.ok(scenario, `no scenario ${name}`)
await openLoop()
await leavesNothingOpen(() => scenario(forms[form], form))
