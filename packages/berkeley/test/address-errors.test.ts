// What errors tell of addresses: host and port where a family has them, the whole address elsewhere.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  AF_ALG,
  AF_BLUETOOTH,
  AF_CAN,
  AF_INET,
  AF_INET6,
  AF_NETLINK,
  AF_PACKET,
  AF_QIPCRTR,
  AF_RDS,
  AF_TIPC,
  AF_UNIX,
  AF_VSOCK,
  ETH_P_IP,
  NETLINK_ROUTE,
  SOCK_RAW,
  TIPC_ADDR_NAME,
} from 'berkeley'
import { osError } from '#core/errors.js'
import { EADDRINUSE } from '#sys/errno.js'
import { forms } from './forms.ts'

describe('addresses in errors', () => {
  const told: [text: string, family: number, address: unknown, ...hostAndPort: [unknown, number] | []][] = [
    ['127.0.0.1:80', AF_INET, ['127.0.0.1', 80], '127.0.0.1', 80],
    ['::1:80', AF_INET6, ['::1', 80, 0, 0], '::1', 80],
    ['127.0.0.1:80', AF_RDS, ['127.0.0.1', 80], '127.0.0.1', 80],
    ['2:1024', AF_VSOCK, [2, 1024], 2, 1024],
    ['1:16384', AF_QIPCRTR, [1, 16384], 1, 16384],
    ['/tmp/path', AF_UNIX, '/tmp/path'],
    ['[4711, 0]', AF_NETLINK, [4711, 0]],
    ["['lo', 2048]", AF_PACKET, ['lo', ETH_P_IP]],
    ["['vcan0']", AF_CAN, ['vcan0']],
    ["['vcan0', 5n, 6, 7]", AF_CAN, ['vcan0', 5n, 6, 7]],
    ['[2, 18888, 17, 0]', AF_TIPC, [TIPC_ADDR_NAME, 18888, 17, 0]],
    ["['hash', 'sha256']", AF_ALG, ['hash', 'sha256']],
    ["['00:1A:7D:DA:71:13', 5]", AF_BLUETOOTH, ['00:1A:7D:DA:71:13', 5]],
    ['0', AF_BLUETOOTH, 0],
  ]
  for (const [text, family, given, host = given, port] of told) {
    test(`family ${family}: ${text}`, () => {
      const error = osError(-EADDRINUSE, 'bind', given, family)
      assert.equal(error.message, `bind EADDRINUSE ${text}`)
      assert.deepEqual([error.address, error.port], [host, port])
    })
  }

  test('no address', () => {
    for (const none of [undefined, null]) {
      const error = osError(-EADDRINUSE, 'sendmsg', none, AF_INET)
      assert.equal(error.message, 'sendmsg EADDRINUSE')
      assert.ok(!('address' in error))
    }
  })

  for (const form of forms) {
    test(`${form.name}: what a socket was refused`, async () => {
      using first = new form.library.Socket<number>(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)
      using second = new form.library.Socket<number>(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)
      first.bind([0, 0])
      const name = first.getsockname() as [pid: number, groups: number]
      const text = `[${name[0]}, 0]`
      const inUse = { message: `bind EADDRINUSE ${text}`, address: name }
      assert.throws(() => second.bind(name), inUse)
      const nobody = { message: 'sendto ECONNREFUSED [4294967295, 0]', address: [0xffffffff, 0] }
      await assert.rejects(async () => second.sendto('x', [0xffffffff, 0]), nobody)
    })
  }
})
