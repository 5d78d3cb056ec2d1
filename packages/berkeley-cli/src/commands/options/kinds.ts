// What the value of an option is, and how it is asked and shown.
import { AF_INET, close, inetNtop, type StructCodec } from 'berkeley'
import { getFilter, getsockopt } from 'berkeley/options'
import { nameOf } from '../../constant-names.ts'

export interface Kind {
  /** The value as JSON has it. Throws OSError where the kernel refuses. */
  readonly read: (fd: number, level: number, option: number) => unknown
  /** Whether the socket forgets the value once it is told. */
  readonly isTaken?: boolean
}

/** More than the longest value has that is shown. */
const ROOM = 4096

const bytes = (decode: (value: Buffer) => unknown, room = ROOM): Kind => ({
  read: (fd, level, option) => decode(getsockopt(fd, level, option, room)),
})

/** An int, which often means yes or no. */
export const INT: Kind = { read: (fd, level, option) => getsockopt(fd, level, option) }

/** 32 bits without sign. */
export const UNSIGNED: Kind = { read: (fd, level, option) => getsockopt(fd, level, option) >>> 0 }

/** 64 bits without sign, as text: JSON's numbers lose the last of them. */
export const WIDE: Kind = bytes((value) => String(value.readBigUInt64LE()), 8)

/** A number that has a name. */
export const named = (prefix: string): Kind => ({
  read: (fd, level, option) => nameOf(prefix, getsockopt(fd, level, option)),
})

export const TEXT: Kind = bytes((value) => value.toString('utf8').replace(/\0.*$/s, ''))

/** Bytes for which there is no codec, in hexadecimal. */
export const BYTES: Kind = bytes((value) => value.toString('hex'))

/** The address of an interface. */
export const IPV4: Kind = bytes((value) => inetNtop(AF_INET, value), 4)

export const WORDS: Kind = bytes((value) =>
  Array.from({ length: value.length / 4 }, (_, i) => value.readUInt32LE(4 * i)),
)

/** Numbers of groups, a bit for each. */
export const GROUPS: Kind = bytes((value) =>
  Array.from({ length: value.length * 8 }, (_, bit) => bit)
    .filter((bit) => ((value[bit >> 3] ?? 0) >> (bit & 7)) & 1)
    .map((bit) => bit + 1),
)

export const struct = <Value, Given>(codec: StructCodec<Value, Given>): Kind =>
  bytes((value) => codec.decode(value))

/** Instructions of classic BPF. */
export const FILTER: Kind = { read: (fd) => getFilter(fd) }

/** A process: the kernel makes a descriptor to answer, which is ours to close. */
export const PIDFD: Kind = {
  read(fd, level, option) {
    close(getsockopt(fd, level, option))
    return 'a descriptor of the peer'
  },
}

export const taken = (kind: Kind): Kind => ({ ...kind, isTaken: true })

/** SO_ERROR: what went wrong, and then is forgotten. */
export const ERROR: Kind = taken({
  read(fd, level, option) {
    const errno = getsockopt(fd, level, option)
    return errno === 0 ? 0 : nameOf('E', errno)
  },
})
