// SO_ORIGINAL_DST: where a connection was going before a rule of netfilter sent it here, as transparent proxies ask.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { before, describe, test } from 'node:test'
import { AF_INET, AF_INET6, IP6T_SO_ORIGINAL_DST, IPPROTO_IP, IPPROTO_IPV6, SO_ORIGINAL_DST } from 'berkeley'
import { forms } from '../forms.ts'
import { inNamespace } from '../namespace.ts'
import { pathOf, without } from '../programs.ts'
import { socketTest } from '../scope.ts'
import { closing } from '../situations.ts'
import { warmUp } from '../worlds.ts'

before(warmUp)

const NFT = { nft: 'nftables' }

/** Gives what is wrong, '' if nothing is. */
function nft(rules: string): string {
  const { status, stderr, error } = spawnSync(pathOf('nft'), ['-f', '-'], { input: rules, encoding: 'utf8' })
  if (error) throw error
  return status === 0 ? '' : `nft: ${stderr}`
}

const versions = [
  {
    title: 'IPv4',
    family: AF_INET,
    here: '127.0.0.1',
    there: '10.9.0.7',
    ask: [IPPROTO_IP, SO_ORIGINAL_DST, 16],
    table: 'ip',
    /** struct sockaddr_in, but for its family. */
    told: (port: number) => Buffer.from([port >> 8, port & 255, 10, 9, 0, 7]),
  },
  {
    title: 'IPv6',
    family: AF_INET6,
    here: '::1',
    there: 'fd00::7',
    ask: [IPPROTO_IPV6, IP6T_SO_ORIGINAL_DST, 28],
    table: 'ip6',
    /** struct sockaddr_in6, but for its family: port, flow, address. */
    told: (port: number) => Buffer.from([port >> 8, port & 255, 0, 0, 0, 0, 0xfd, ...Array(14).fill(0), 7]),
  },
] as const

const programs = without(NFT)
const commands = [
  'link set lo up',
  'link add away type veth peer name end',
  'link set away up',
  'link set end up',
  'addr add 10.9.0.1/24 dev away',
  '-6 addr add fd00::1/64 dev away nodad',
]

if (programs !== false) test('SO_ORIGINAL_DST', { skip: programs }, () => undefined)
else
  inNamespace(import.meta.url, commands, () => {
    const refused = nft('table ip berkeley { chain out { type nat hook output priority -100; }; }')
    const skip = refused === '' ? false : `this kernel has no NAT: ${refused}`
    for (const { name, library } of forms) {
      describe(name, () => {
        for (const { title, family, here, there, ask, table, told } of versions) {
          socketTest(
            `${title}: where a redirected connection was going`,
            async (t) => {
              const server = closing(t, library.createServer([here, 0], { family }))
              const [, port] = server.getsockname()
              const rule = `ip${table === 'ip6' ? '6' : ''} daddr ${there} tcp dport 4660`
              const error = nft(`
                table ${table} berkeley-${name} {
                  chain out {
                    type nat hook output priority -100;
                    ${rule} redirect to :${port}
                  }
                }`)
              assert.equal(error, '')
              const client = closing(t, new library.Socket(family))
              await client.connect([there, 0x1234] as never)
              const accepted = closing(t, (await server.accept())[0])
              const [level, option, size] = ask
              const bytes = accepted.getsockopt(level as number, option as number, size)
              assert.equal(bytes.length, size)
              const expected = told(0x1234)
              assert.equal(bytes.readUInt16LE(0), family)
              assert.deepEqual(bytes.subarray(2, 2 + expected.length), expected)
              assert.equal(nft(`delete table ${table} berkeley-${name}`), '')
            },
            skip,
          )
        }
      })
    }
  })
