// What the compiler says of addresses: it compiles this with everything else, and a line that is marked as wrong and is not
// makes the build fail. Nothing of it runs.
import type { AF_INET, AF_INET6, AF_NETLINK, AF_UNIX, Socket } from 'berkeley'
import type { Socket as BlockingSocket } from 'berkeley/blocking'

/** Each family's sockets take and give the addresses of that family, in both forms. */
export async function addressesByFamily(
  inet: Socket<typeof AF_INET>,
  inet6: Socket<typeof AF_INET6>,
  unix: BlockingSocket<typeof AF_UNIX>,
  netlink: BlockingSocket<typeof AF_NETLINK>,
): Promise<void> {
  inet.bind(['127.0.0.1', 0])
  // @ts-expect-error a path is no address of AF_INET
  inet.bind('/run/socket')
  // @ts-expect-error nor is a port alone
  inet.bind([80])
  const [host, port] = inet.getsockname()
  const [peer]: readonly [string, number] = (await inet.accept())[1]
  // @ts-expect-error there is no third part
  inet.getsockname()[2]

  inet6.bind(['::1', 0, 0, 1])
  const [, , flowinfo, scopeId] = inet6.getsockname()

  unix.bind('/run/socket')
  unix.bind(Buffer.from('\0abstract'))
  // @ts-expect-error a host is no path
  unix.bind(['127.0.0.1', 0])
  const path: string | Buffer = unix.recvfrom(1)[1] ?? ''

  netlink.bind([0, 0])
  const [pid, groups] = netlink.getsockname()

  const numbers: number[] = [port, flowinfo, scopeId, pid, groups]
  void [host, peer, path, numbers]
}
