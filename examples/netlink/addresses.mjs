// @ts-check
// The network interfaces of this machine with their addresses, as `ip address` shows them.
//
//   node examples/netlink/addresses.mjs [INTERFACE]
//
// prints
//
//   1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 state UNKNOWN
//       link 00:00:00:00:00:00
//       inet 127.0.0.1/8
//       inet6 ::1/128
import { AF_INET } from 'berkeley'
import * as netlink from 'berkeley/netlink'

const flagNames = ['BROADCAST', 'LOOPBACK', 'POINTOPOINT', 'NOARP', 'MULTICAST', 'UP', 'LOWER_UP']
const stateNames = ['UNKNOWN', 'NOTPRESENT', 'DOWN', 'LOWERLAYERDOWN', 'TESTING', 'DORMANT', 'UP']
/** @type {Record<string, unknown>} */
const constants = netlink

const route = new netlink.RouteSocket()
const [, , name] = process.argv
try {
  const links = name === undefined ? await route.links() : [await route.link(name)]
  for (const { index, name, flags, mtu, operstate, address: hardware } of links) {
    const set = flagNames.filter((flag) => flags & Number(constants[`IFF_${flag}`]))
    console.log(`${index}: ${name}: <${set.join(',')}> mtu ${mtu} state ${stateNames[operstate]}`)
    if (hardware !== null) console.log(`    link ${hardware}`)
    for (const { family, address, peer, prefixlen } of await route.addresses({ index })) {
      const other = peer === null ? '' : ` peer ${peer}`
      console.log(`    ${family === AF_INET ? 'inet' : 'inet6'} ${address}${other}/${prefixlen}`)
    }
  }
} finally {
  route.close()
}
