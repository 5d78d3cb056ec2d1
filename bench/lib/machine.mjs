// What machine this is: the line that stands above every result, and the cores we may use.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import os from 'node:os'
import { peersThere } from './peers.mjs'

export function machine() {
  return {
    cpu: os.cpus()[0].model.trim(),
    cores: cores().length,
    kernel: os.release(),
    node: process.version,
    loadAverage: os.loadavg()[0],
    date: new Date().toISOString(),
  }
}

// Which versions of the other programs are measured here.
export function programs() {
  const { stdout } = spawnSync('python3', ['--version'], { encoding: 'utf8' })
  const python = /^Python (\S+)/.exec(stdout ?? '')?.[1]
  return { ...Object.fromEntries(peersThere()), ...(python && { CPython: python }) }
}

// The cores this process may run on, from a list like "0-1,4".
export function cores() {
  const [, list] = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'latin1'))
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })
}
