// The table of options: level and name, by their constants, give what the value is. It is a type and nothing else, so that
// checking costs nothing at run time. What is not in it, and what is not known until the program runs (a variable of type
// `number`), may be a number, a boolean or bytes.
import type * as C from '../../sys/constants.ts'
import type { WritableBytes } from '../bytes.ts'
import type { BluetoothOptions, HciOptions, L2capOptions, RfcommOptions, ScoOptions } from './bluetooth.ts'
import type {
  AlgOptions,
  CanIsotpOptionNames,
  CanJ1939Options,
  CanRawOptions,
  KcmOptions,
  MctpOptions,
  NetlinkOptions,
  PacketOptions,
  RdsOptions,
  SmcOptions,
  TipcOptions,
  VsockOptions,
  XdpOptions,
} from './families.ts'
import type { Icmpv6Options, IpOptions, Ipv6Options, RawOptions } from './ip.ts'
import type { Kind } from './kinds.ts'
import type { SocketOptions } from './socket.ts'
import type {
  MptcpOptions,
  SctpOptions,
  TcpOptions,
  TlsOptions,
  UdpliteOptions,
  UdpOptions,
} from './transport.ts'

/** By level, then by name: what the value of an option is. */
export interface OptionTable {
  [C.SOL_SOCKET]: SocketOptions
  [C.SOL_IP]: IpOptions
  [C.SOL_IPV6]: Ipv6Options
  [C.SOL_RAW]: RawOptions
  [C.SOL_ICMPV6]: Icmpv6Options
  [C.SOL_TCP]: TcpOptions
  [C.SOL_UDP]: UdpOptions
  [C.SOL_UDPLITE]: UdpliteOptions
  [C.SOL_SCTP]: SctpOptions
  [C.SOL_MPTCP]: MptcpOptions
  [C.SOL_TLS]: TlsOptions
  [C.SOL_PACKET]: PacketOptions
  [C.SOL_NETLINK]: NetlinkOptions
  [C.AF_VSOCK]: VsockOptions
  [C.SOL_CAN_RAW]: CanRawOptions
  [C.SOL_CAN_ISOTP]: CanIsotpOptionNames
  [C.SOL_CAN_J1939]: CanJ1939Options
  [C.SOL_TIPC]: TipcOptions
  [C.SOL_ALG]: AlgOptions
  [C.SOL_RDS]: RdsOptions
  [C.SOL_XDP]: XdpOptions
  [C.SOL_KCM]: KcmOptions
  [C.SOL_SMC]: SmcOptions
  [C.SOL_MCTP]: MctpOptions
}

/** As `OptionTable`, for AF_BLUETOOTH, whose levels have numbers that are others' as well. */
export interface BluetoothOptionTable {
  [C.SOL_SOCKET]: SocketOptions
  [C.SOL_BLUETOOTH]: BluetoothOptions
  [C.SOL_HCI]: HciOptions
  [C.SOL_L2CAP]: L2capOptions
  [C.SOL_RFCOMM]: RfcommOptions
  [C.SOL_SCO]: ScoOptions
}

type TableOf<Family extends number> = Family extends typeof C.AF_BLUETOOTH
  ? BluetoothOptionTable
  : OptionTable

/** What is not in the table. */
type Unknown = Kind<number | boolean | WritableBytes, number | Buffer>

type Lookup<Table, Level extends number, Name extends number> = Level extends keyof Table
  ? Name extends keyof Table[Level]
    ? Table[Level][Name]
    : Unknown
  : Unknown

type KindOf<Family extends number, Level extends number, Name extends number> = Extract<
  Lookup<TableOf<Family>, Level, Name>,
  Kind<unknown, unknown>
>

/** What `setsockopt` takes for an option. */
export type OptionValue<Family extends number, Level extends number, Name extends number> = KindOf<
  Family,
  Level,
  Name
>['given']

/** The bytes that `getsockopt` gives for an option, which the codec for it decodes and others refuse. */
export type OptionBytes<Family extends number, Level extends number, Name extends number> =
  Extract<KindOf<Family, Level, Name>['got'], Buffer> extends infer Found extends Buffer
    ? [Found] extends [never]
      ? Buffer
      : Found
    : Buffer

/** `Name`, if the value of the option is a number (or not known to be none), or else nothing. */
export type NumericOption<
  Family extends number,
  Level extends number,
  Name extends number,
> = number extends KindOf<Family, Level, Name>['got'] ? Name : never
