// What people write as addresses, and which hosts it means.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AddressError, formatTarget, MAXIMUM_TARGETS, parseTargets } from '#addresses.js'

const hosts = (...list: string[]) => parseTargets(list, 1024).map(({ host }) => host)
const targets = (...list: string[]) => parseTargets(list, 1024).map(formatTarget)

test('single addresses and names', () => {
  assert.deepEqual(hosts('192.168.1.7'), ['192.168.1.7'])
  assert.deepEqual(hosts('FD00:0::0001'), ['fd00::1'])
  assert.deepEqual(hosts('::ffff:10.0.0.1'), ['::ffff:10.0.0.1'])
  assert.deepEqual(hosts('fe80::1%eth0'), ['fe80::1%eth0'])
  assert.deepEqual(hosts('fe80::1%br-lan'), ['fe80::1%br-lan'])
  assert.deepEqual(hosts('localhost', 'lab-7.school.local', 'pc1'), [
    'localhost',
    'lab-7.school.local',
    'pc1',
  ])
})

test('ranges', () => {
  assert.deepEqual(hosts('192.168.1.38-40'), ['192.168.1.38', '192.168.1.39', '192.168.1.40'])
  assert.deepEqual(hosts('10.0.0.255-10.0.1.1'), ['10.0.0.255', '10.0.1.0', '10.0.1.1'])
  assert.deepEqual(hosts('10.0.0.7-7'), ['10.0.0.7'])
  assert.deepEqual(hosts('fd00::fe-101'), ['fd00::fe', 'fd00::ff', 'fd00::100', 'fd00::101'])
  assert.deepEqual(hosts('fd00::ffff-fd00::1:0'), ['fd00::ffff', 'fd00::1:0'])
  assert.deepEqual(hosts('fe80::1-2%eth0'), ['fe80::1%eth0', 'fe80::2%eth0'])
  assert.equal(hosts('192.168.1.1-40').length, 40)
})

test('networks', () => {
  assert.deepEqual(hosts('10.0.0.0/30'), ['10.0.0.1', '10.0.0.2'])
  assert.deepEqual(hosts('10.0.0.5/31'), ['10.0.0.4', '10.0.0.5'])
  assert.deepEqual(hosts('10.0.0.5/32'), ['10.0.0.5'])
  assert.deepEqual(hosts('fd00::/126'), ['fd00::', 'fd00::1', 'fd00::2', 'fd00::3'])
  assert.equal(hosts('192.168.1.77/24').length, 254)
  assert.equal(hosts('192.168.1.77/24')[0], '192.168.1.1')
})

test('lists, in their order, each host once', () => {
  assert.deepEqual(hosts('10.0.0.2,10.0.0.1-3', '::1'), ['10.0.0.2', '10.0.0.1', '10.0.0.3', '::1'])
  assert.deepEqual(hosts('10.0.0.1, 10.0.0.2,'), ['10.0.0.1', '10.0.0.2'])
})

test('ports', () => {
  assert.deepEqual(targets('10.0.0.1-2:2000', '10.0.0.1'), [
    '10.0.0.1:2000',
    '10.0.0.2:2000',
    '10.0.0.1:1024',
  ])
  assert.deepEqual(targets('[fd00::1-2]:2000', '[::1]'), ['[fd00::1]:2000', '[fd00::2]:2000', '[::1]:1024'])
  assert.deepEqual(targets('localhost:1', '10.0.0.0/31:9'), ['localhost:1', '10.0.0.0:9', '10.0.0.1:9'])
})

test('what is no address is refused, and named', () => {
  const refusals: [string, RegExp][] = [
    ['', /^no address given$/],
    [',', /^no address given$/],
    ['192.168.1.256', /^192\.168\.1\.256: not an address/],
    ['192.168.1', /not an address/],
    ['1', /not an address/],
    ['192.168.1.1-', /not an end for this range/],
    ['192.168.1.1-256', /256 is not an end for this range/],
    ['192.168.1.9-3', /runs backwards/],
    ['10.0.0.1-fd00::1', /mixes IPv4 and IPv6/],
    ['10.0.0.0/33', /prefix length is not between 0 and 32/],
    ['10.0.0.0/x', /prefix length/],
    ['fd00::/129', /between 0 and 128/],
    ['fd00::zz', /not an address/],
    ['10.0.0.1:0', /port 0 is not between 1 and 65535/],
    ['10.0.0.1:70000', /port 70000/],
    ['10.0.0.1%eth0', /interface of an IPv6 address/],
    ['fe80::1%', /interface of an IPv6 address/],
    ['-x', /not an address/],
    ['a..b', /not an address/],
    ['http://10.0.0.1', /not an address/],
    ['10.0.0.1\u0000', /not an address/],
  ]
  for (const [text, message] of refusals) {
    assert.throws(
      () => parseTargets([text], 1024),
      (error) => error instanceof AddressError && message.test(error.message),
      `${JSON.stringify(text)} should be refused as ${message}`,
    )
  }
})

test('a list too long is refused before it is made', () => {
  assert.equal(hosts('10.0.0.0-10.0.255.255').length, MAXIMUM_TARGETS)
  for (const text of ['10.0.0.0-10.1.0.0', '0.0.0.0/0', '::/0', '10.0.0.0-10.0.255.255,10.1.0.1']) {
    assert.throws(() => parseTargets([text], 1024), /more than 65536 hosts in all/)
  }
})
