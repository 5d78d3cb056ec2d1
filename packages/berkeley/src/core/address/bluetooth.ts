// AF_BLUETOOTH, by protocol:
//   BTPROTO_L2CAP   `[bdaddr, psm, cid, bdaddrType]`, the last two optional; returned as short as it can be, as in Python
//   BTPROTO_RFCOMM  `[bdaddr, channel]`
//   BTPROTO_SCO     `bdaddr`, as text or bytes of text
//   BTPROTO_HCI     `dev`, or `[dev, channel]`; returned as `dev` where the channel is HCI_CHANNEL_RAW
// A bdaddr is `'XX:XX:XX:XX:XX:XX'`. Other protocols have no form: their addresses are `{ family, bytes }`.
import {
  AF_BLUETOOTH,
  BDADDR_BREDR,
  BTPROTO_HCI,
  BTPROTO_L2CAP,
  BTPROTO_RFCOMM,
  BTPROTO_SCO,
  HCI_CHANNEL_RAW,
} from '../../sys/constants.ts'
import { layout } from '../../sys/layout.ts'
import { bytesOf } from '../bytes.ts'
import { uint8, uint16, uint16LE, viewOf } from '../ctypes.ts'
import { wrongType, wrongValue } from '../errors.ts'
import { type Codec, writeFamily } from './codec.ts'

/** An address of BTPROTO_L2CAP. */
export type L2capAddress = readonly [bdaddr: string, psm: number, cid?: number, bdaddrType?: number]

/** An address of BTPROTO_RFCOMM. */
export type RfcommAddress = readonly [bdaddr: string, channel: number]

/** An address of BTPROTO_SCO. */
export type ScoAddress = string | Uint8Array

/** An address of BTPROTO_HCI. */
export type HciAddress = number | readonly [dev: number, channel?: number]

/** An address of AF_BLUETOOTH: which of them, the socket's protocol says. */
export type BluetoothAddress = L2capAddress | RfcommAddress | ScoAddress | HciAddress

/** An address of AF_BLUETOOTH as it is returned. */
export type FullBluetoothAddress =
  | L2capAddress
  | RfcommAddress
  | string
  | number
  | readonly [dev: number, channel: number]

const { sockaddr_l2: l2, sockaddr_rc: rc, sockaddr_sco: sco, sockaddr_hci: hci } = layout
const BDADDR_SIZE = 6

/** What one protocol has for an address; the family stands before it. */
interface Form {
  readonly size: number
  /** Whether there may be less, down to here. */
  readonly least: number
  write(address: unknown, to: Uint8Array, view: DataView, syscall: string): void
  read(from: Uint8Array, view: DataView): FullBluetoothAddress
}

const forms = new Map<number, Form>([
  [
    BTPROTO_L2CAP,
    {
      size: l2.size,
      least: l2.l2_bdaddr_type + uint8.size,
      write(address, to, view, syscall) {
        mustBeArray(address, 2, 4, '[bdaddr, psm, cid?, bdaddrType?]', syscall)
        const [bdaddr, psm, cid = 0, bdaddrType = BDADDR_BREDR] = address
        writeBdaddr(to, l2.l2_bdaddr, bdaddr, syscall)
        uint16LE.write(view, l2.l2_psm, psm, syscall, 'psm')
        uint16LE.write(view, l2.l2_cid, cid, syscall, 'cid')
        uint8.write(view, l2.l2_bdaddr_type, bdaddrType, syscall, 'bdaddrType')
      },
      read(from, view) {
        const bdaddr = readBdaddr(from, l2.l2_bdaddr)
        const psm = uint16LE.read(view, l2.l2_psm)
        const cid = uint16LE.read(view, l2.l2_cid)
        const bdaddrType = uint8.read(view, l2.l2_bdaddr_type)
        if (bdaddrType !== BDADDR_BREDR) return [bdaddr, psm, cid, bdaddrType]
        return cid === 0 ? [bdaddr, psm] : [bdaddr, psm, cid]
      },
    },
  ],
  [
    BTPROTO_RFCOMM,
    {
      size: rc.size,
      least: rc.rc_channel + uint8.size,
      write(address, to, view, syscall) {
        mustBeArray(address, 2, 2, '[bdaddr, channel]', syscall)
        writeBdaddr(to, rc.rc_bdaddr, address[0], syscall)
        uint8.write(view, rc.rc_channel, address[1], syscall, 'channel')
      },
      read: (from, view) => [readBdaddr(from, rc.rc_bdaddr), uint8.read(view, rc.rc_channel)],
    },
  ],
  [
    BTPROTO_SCO,
    {
      size: sco.size,
      least: sco.sco_bdaddr + BDADDR_SIZE,
      write(address, to, _view, syscall) {
        const bdaddr = ArrayBuffer.isView(address)
          ? Buffer.from(bytesOf(syscall, 'bdaddr', address)).toString('latin1')
          : address
        writeBdaddr(to, sco.sco_bdaddr, bdaddr, syscall)
      },
      read: (from) => readBdaddr(from, sco.sco_bdaddr),
    },
  ],
  [
    BTPROTO_HCI,
    {
      size: hci.size,
      least: hci.hci_channel + uint16.size,
      write(address, _to, view, syscall) {
        const parts = typeof address === 'number' ? [address] : address
        mustBeArray(parts, 1, 2, 'dev or [dev, channel?]', syscall)
        uint16.write(view, hci.hci_dev, parts[0], syscall, 'dev')
        uint16.write(view, hci.hci_channel, parts[1] ?? HCI_CHANNEL_RAW, syscall, 'channel')
      },
      read(_from, view) {
        const dev = uint16.read(view, hci.hci_dev)
        const channel = uint16.read(view, hci.hci_channel)
        return channel === HCI_CHANNEL_RAW ? dev : [dev, channel]
      },
    },
  ],
])

export const bluetooth: Codec<BluetoothAddress, FullBluetoothAddress> = {
  family: AF_BLUETOOTH,
  least: Math.min(...[...forms.values()].map(({ least }) => least)),

  encode(address, to, syscall, { proto }) {
    const form = forms.get(proto)
    if (form === undefined)
      throw wrongType(syscall, 'address', `{ family, bytes } for protocol ${proto}`, address)
    to.fill(0, 0, form.size)
    writeFamily(to, AF_BLUETOOTH)
    form.write(address, to, viewOf(to), syscall)
    return form.size
  },

  decode(from, length, { proto }) {
    const form = forms.get(proto)
    return form !== undefined && length >= form.least ? form.read(from, viewOf(from)) : null
  },
}

function mustBeArray(
  address: unknown,
  least: number,
  most: number,
  shape: string,
  syscall: string,
): asserts address is unknown[] {
  if (!Array.isArray(address) || address.length < least || address.length > most) {
    throw wrongType(syscall, 'address', shape, address)
  }
}

const BDADDR =
  /^([0-9a-f]{1,2}):([0-9a-f]{1,2}):([0-9a-f]{1,2}):([0-9a-f]{1,2}):([0-9a-f]{1,2}):([0-9a-f]{1,2})$/i

// The first byte in memory is the last of the text.
function writeBdaddr(to: Uint8Array, at: number, value: unknown, syscall: string): void {
  if (typeof value !== 'string') throw wrongType(syscall, 'bdaddr', 'a string', value)
  const match = BDADDR.exec(value)
  if (match === null) {
    throw wrongValue(syscall, 'bdaddr', 'a Bluetooth address like 00:1A:7D:DA:71:13', value)
  }
  to.set(
    match
      .slice(1)
      .map((digits) => Number.parseInt(digits, 16))
      .reverse(),
    at,
  )
}

function readBdaddr(from: Uint8Array, at: number): string {
  const bytes = Array.from(from.subarray(at, at + BDADDR_SIZE)).reverse()
  return bytes.map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':')
}
