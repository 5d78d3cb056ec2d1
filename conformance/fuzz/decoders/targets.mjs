// The decoders: everything that reads bytes which come from the kernel, from a peer, or from whoever calls. A target throws if a
// decoder does what it must not: throw anything but what is documented, or read what it does not write in the same way again.
import assert from 'node:assert/strict'
import { isIPv4, isIPv6 } from 'node:net'
import {
  decodeAddress,
  encodeAddress,
  codecs as families,
} from '../../../packages/berkeley/dist/core/address/index.js'
import {
  codecs as ancillary,
  decodeAncillary,
  encodeAncillary,
} from '../../../packages/berkeley/dist/core/ancillary.js'
import { decodeControl, encodeControl } from '../../../packages/berkeley/dist/core/control.js'
import { inetAton, inetNtoa, inetNtop, inetPton } from '../../../packages/berkeley/dist/core/numbers.js'
import * as structs from '../../../packages/berkeley/dist/core/structs/index.js'
import * as familyStructs from '../../../packages/berkeley/dist/families.js'
import { makeDecoder } from '../../../packages/berkeley/dist/file/decoding.js'
import * as netlink from '../../../packages/berkeley/dist/netlink.js'
import { proxyHeader } from '../../../packages/berkeley/dist/socketserver/proxy-protocol/header.js'
import { AF_INET, AF_INET6 } from '../../../packages/berkeley/dist/sys/constants.js'
import * as cliAddresses from '../../../packages/berkeley-cli/dist/addresses.js'
import { Reply } from '../../../packages/berkeley-cli/dist/commands/classroom/reply.js'

/** What `call` gives; `undefined` if it throws what decoders may. */
function tried(call) {
  try {
    return { value: call() }
  } catch (error) {
    // Errors of our own name the function and what is wrong; V8's are accidents.
    if (
      error instanceof RangeError &&
      error.code === 'ERR_OUT_OF_RANGE' &&
      /^\w+(\.\w+)*\(\): /.test(error.message)
    )
      return undefined
    throw error
  }
}

/** The same to us, though not to V8. */
const plain = (value) => structuredClone(value)

/** One of several, as the first byte says, and the rest. */
function pick(list, data) {
  return [list[data.length === 0 ? 0 : data[0] % list.length], data.subarray(1)]
}

function isCodec(value) {
  return (
    typeof value === 'object' &&
    value !== null &&
    ['encode', 'decode', 'understands'].every((name) => name in value)
  )
}

function codecsOf(module) {
  return Object.entries(module).filter(([, value]) => isCodec(value))
}

function readsWhatItWrites([name, codec], bytes) {
  const understood = codec.understands(bytes)
  const decoded = tried(() => codec.decode(bytes))
  assert.equal(decoded !== undefined, understood, `${name}: understands`)
  if (decoded === undefined) return
  // What is given to the kernel has narrower bounds than what may come of it: times, for example.
  const written = tried(() => codec.encode(decoded.value))?.value
  if (written !== undefined) assert.deepEqual(plain(codec.decode(written)), plain(decoded.value), name)
}

const structTarget = (codecs) => (data) => {
  const [codec, bytes] = pick(codecs, data)
  readsWhatItWrites(codec, bytes)
}

function control(data) {
  const messages = decodeControl(data, data.length)
  const again = encodeControl(messages, 'fuzz')
  assert.deepEqual(decodeControl(again, again.length), messages)
  const decoded = decodeAncillary(messages)
  const encoded = tried(() => encodeAncillary(decoded))?.value
  if (encoded !== undefined) assert.deepEqual(plain(decodeAncillary(encoded)), plain(decoded))
}

/** Nothing if it is longer than the kernel's, whose addresses we write more strictly than we read them. */
function lengthOfAddress(endpoint, decoded, to) {
  try {
    return tried(() => encodeAddress(endpoint, decoded, to, 'fuzz'))?.value
  } catch (error) {
    if (error.code === 'ENAMETOOLONG') return undefined
    throw error
  }
}

const familyNumbers = [...families.keys()]
function address(data) {
  const [family, rest] = pick(familyNumbers, data)
  const endpoint = {
    family,
    proto: rest[0] ?? 0,
    interfaceIndex: (name) => (/^if\d+$/.test(name) ? Number(name.slice(2)) : -19),
    interfaceName: (index) => (index > 0 ? `if${index}` : ''),
  }
  const bytes = Buffer.alloc(256)
  rest.subarray(1).copy(bytes, 2)
  // Mostly of this family, as the kernel gives them.
  bytes.writeUInt16LE(rest.length > 0 && rest[0] === 255 ? data[0] : family)
  const decoded = decodeAddress(bytes, Math.min(rest.length + 1, 256), endpoint)
  if (decoded === null) return
  const written = Buffer.alloc(256)
  const own = { ...endpoint, family: bytes.readUInt16LE(0) }
  const length = lengthOfAddress(own, decoded, written)
  if (length === undefined) return
  assert.deepEqual(decodeAddress(written, length, own), decoded)
}

function netlinkMessages(data) {
  const messages = tried(() => netlink.decodeMessages(data))?.value ?? []
  for (const message of messages) {
    assert.deepEqual(netlink.decodeMessages(netlink.encodeMessage(message)), [message])
    tried(() => netlink.decodeAcknowledgement(message))
    attributes(message.payload)
  }
}

function attributes(data) {
  const list = tried(() => netlink.decodeAttributes(data))?.value
  if (list === undefined) return
  assert.deepEqual(netlink.decodeAttributes(netlink.encodeAttributes(list)), list)
}

const netlinkDecoders = [
  netlink.decodeLink,
  netlink.decodeInterfaceAddress,
  netlink.decodeRoute,
  netlink.decodeNeighbour,
  netlink.decodeRule,
  netlink.decodeInetSocket,
  netlink.decodeUnixSocket,
]
function netlinkPayload(data) {
  const [decode, bytes] = pick(netlinkDecoders, data)
  tried(() => decode(bytes))
}

function proxy(data) {
  const header = tried(() => proxyHeader.decode(data))?.value
  if (header === undefined) return
  assert.deepEqual(proxyHeader.decode(proxyHeader.encode(header)), header)
}

/** Internet addresses, beside Node's own opinion. */
function internet(data) {
  const text = data.toString('latin1')
  for (const [family, isOne] of [
    [AF_INET, isIPv4],
    [AF_INET6, isIPv6],
  ]) {
    const packed = parsed(() => inetPton(family, text))
    // Node takes a zone.
    if (!text.includes('%')) assert.equal(packed !== undefined, isOne(text), text)
    if (packed !== undefined) assert.deepEqual(inetPton(family, inetNtop(family, packed)), packed)
  }
  const loose = parsed(() => inetAton(text))
  if (loose !== undefined) assert.deepEqual(inetAton(inetNtoa(loose)), loose)
}

function parsed(call) {
  try {
    return call()
  } catch (error) {
    if (
      error.syscall === undefined &&
      tried(() => {
        throw error
      })
    )
      throw error
    return undefined
  }
}

const readings = ['utf-8', 'ascii', 'latin1', 'utf-16le'].flatMap((encoding) =>
  ['strict', 'replace', 'ignore'].map((errors) => [encoding, errors]),
)
/** All the text in `pieces` up to what cannot be decoded, and where that is. */
function readText(encoding, errors, pieces) {
  const decoder = makeDecoder(encoding, errors)
  let read = ''
  for (const [index, piece] of pieces.entries()) {
    read += decoder.decode(piece, index === pieces.length - 1)
    const fault = decoder.takeFault()
    if (fault !== null) return { read, position: fault.position, bytes: fault.bytes.toString('hex') }
  }
  return { read }
}

/** Text in pieces is the same as the whole of it. */
function text(data) {
  const [[encoding, errors], rest] = pick(readings, data)
  const [size, bytes] = [1 + ((rest[0] ?? 0) % 7), rest.subarray(1)]
  const pieces = []
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size))
  const whole = readText(encoding, errors, [bytes])
  assert.deepEqual(readText(encoding, errors, [...pieces, Buffer.alloc(0)]), whole)
  if (encoding !== 'utf-8') return
  const decode = () => new TextDecoder('utf-8', { ignoreBOM: true, fatal: errors === 'strict' }).decode(bytes)
  if (errors === 'replace') assert.equal(whole.read, decode())
  if (errors === 'strict' && whole.position === undefined) assert.equal(whole.read, decode())
  if (errors === 'strict' && whole.position !== undefined) assert.throws(decode, TypeError)
}

/** The answers of the classroom's hosts. */
function reply(data) {
  const whole = new Reply()
  data.copy(whole.space)
  whole.add(data.length)
  const single = new Reply()
  for (const byte of data) {
    single.space[0] = byte
    single.add(1)
  }
  assert.deepEqual(single.read(), whole.read())
}

function hosts(data) {
  try {
    const found = cliAddresses.parseTargets(data.toString('latin1').split(' ').slice(0, 3), 80)
    for (const { port } of found) assert.ok(cliAddresses.isPort(port))
  } catch (error) {
    if (!(error instanceof cliAddresses.AddressError)) throw error
  }
}

export const targets = {
  structs: structTarget(codecsOf(structs)),
  ancillary: structTarget(Object.entries(ancillary)),
  families: structTarget(codecsOf(familyStructs)),
  headers: structTarget(codecsOf(netlink)),
  control,
  address,
  'netlink-messages': netlinkMessages,
  'netlink-attributes': attributes,
  'netlink-payload': netlinkPayload,
  proxy,
  internet,
  text,
  reply,
  hosts,
}
