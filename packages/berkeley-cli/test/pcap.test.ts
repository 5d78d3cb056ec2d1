// Files of packets, as tcpdump reads them; and bytes for people.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { hexDump } from '#hex-dump.js'
import { LINKTYPE_RAW, PcapFile } from '#pcap.js'

const isThere = spawnSync('sh', ['-c', 'PATH=$PATH:/usr/sbin command -v tcpdump']).status === 0
const skip = isThere || process.env.BERKELEY_TEST_ALL === '1' ? false : 'no tcpdump (apt-get install tcpdump)'
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, TZ: 'UTC' }

test('tcpdump reads what is written, with nanoseconds and cut packets', { skip }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'berkeley-pcap-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'x.pcap')
  const file = new PcapFile(path, LINKTYPE_RAW, 100)
  // 127.0.0.1 asks 127.0.0.2 for an echo.
  const packet = Buffer.from('4500001c000000004001000000000000000000000800f7ff00000000', 'hex')
  packet.set([127, 0, 0, 1, 127, 0, 0, 2], 12)
  file.write({ time: 1_700_000_000_123_456_789n, data: packet })
  file.write({ time: 1_700_000_001_000_000_001n, data: packet.subarray(0, 20), length: 28 })
  file.close()
  const lines = execFileSync('tcpdump', ['-n', '-tttt', '--nano', '-r', path], {
    encoding: 'utf8',
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
    .trimEnd()
    .split('\n')
  assert.match(
    lines[0] ?? '',
    /^2023-11-14 22:13:20\.123456789 IP 127\.0\.0\.1 > 127\.0\.0\.2: ICMP echo request, id 0, seq 0, length 8$/,
  )
  assert.match(lines[1] ?? '', /^2023-11-14 22:13:21\.000000001 IP .*\[\|icmp\]/)
})

test('a file that cannot be written is a clear failure', () => {
  assert.throws(
    () => new PcapFile('/nosuch/x.pcap', LINKTYPE_RAW),
    /^Error: cannot write \/nosuch\/x\.pcap: ENOENT/,
  )
  assert.throws(() => new PcapFile('/dev/full', LINKTYPE_RAW), /cannot write \/dev\/full: ENOSPC/)
})

test('bytes for people', () => {
  assert.deepEqual(hexDump(Buffer.from('Hello world\n\x00\xff', 'latin1')), [
    '0000  48 65 6c 6c 6f 20 77 6f  72 6c 64 0a 00 ff        Hello world...',
  ])
  assert.deepEqual(
    hexDump(Buffer.alloc(17, 0x41), 256)[1],
    '0110  41                                                A',
  )
  assert.deepEqual(hexDump(Buffer.alloc(0)), [])
})
