// A program: two Bluetooth controllers in software that carry synchronous audio (SCO), which those of btvirt do not.
//
// /dev/vhci is the kernel's end of a controller's wire: what is read from it are packets that the kernel sends to the
// controller, what is written are packets of the controller (Core Specification, volume 4, part A: "H4"). These two know
// as much as it takes to be brought up, to connect, to carry data, to disconnect; what else they are asked is an unknown
// command, as it is to any controller. It is a process of its own since the kernel waits for the controllers while the
// tests block, and since the kernel takes the controllers away when it ends.
//
// Prints the names that the kernel gives them, and lives until it is killed.
import { constants, openSync, read, writeSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

// Kinds of packets.
const [COMMAND, ACL, SCO, EVENT, VENDOR] = [1, 2, 3, 4, 0xff]
// Events.
const [CONNECTION_COMPLETE, CONNECTION_REQUEST, DISCONNECTION_COMPLETE] = [0x03, 0x04, 0x05]
const [REMOTE_NAME, REMOTE_FEATURES, COMMAND_COMPLETE, COMMAND_STATUS] = [0x07, 0x0b, 0x0e, 0x0f]
const [COMPLETED_PACKETS, SYNCHRONOUS_COMPLETE] = [0x13, 0x2c]
// Status and reasons.
const [SUCCESS, UNKNOWN_COMMAND, NO_CONNECTION, PAGE_TIMEOUT, LOCAL_HOST] = [0, 0x01, 0x02, 0x04, 0x16]
// What has become of a packet of SCO.
const [CORRECT, PARTLY_LOST] = [0, 3]
// Types of links.
const [ACL_LINK, ESCO_LINK] = [1, 2]

const u16 = (value: number): number[] => [value & 0xff, value >> 8]
const zeros = (count: number): number[] => Array<number>(count).fill(0)

// SCO, HV2, HV3; transparent data; eSCO with EV3, EV4, EV5. Neither encryption nor modes that save power.
const FEATURES = [0, 0x38, 0x08, 0x80, 0x03, 0, 0, 0]
const BLUETOOTH_2_0 = 3
/** The longest packets of ACL and SCO, and how many of each the kernel may send at once. */
const BUFFERS = [...u16(192), 64, ...u16(8), ...u16(8)]

/** What commands return, after the status. */
const RETURNED: Readonly<Record<number, readonly number[]>> = {
  3073: [], // Set Event Mask
  3075: [], // Reset
  3077: [], // Set Event Filter
  3091: [], // Write Local Name
  3092: zeros(248), // Read Local Name
  3094: [], // Write Connection Accept Timeout
  3096: [], // Write Page Timeout
  3098: [], // Write Scan Enable
  3104: [], // Write Authentication Enable
  3107: zeros(3), // Read Class of Device
  3108: [], // Write Class of Device
  3109: u16(0x0060), // Read Voice Setting: linear, 16 bits, CVSD on the air
  3110: [], // Write Voice Setting
  3128: [1], // Read Number of Supported IAC
  3129: [1, 0x33, 0x8b, 0x9e], // Read Current IAC LAP: general inquiry
  4097: [BLUETOOTH_2_0, ...u16(0), BLUETOOTH_2_0, ...u16(0), ...u16(0)], // Read Local Version
  4098: zeros(64), // Read Local Supported Commands: none of those that are asked for only if they are listed
  4099: FEATURES, // Read Local Supported Features
  4101: BUFFERS, // Read Buffer Size
}

class Controller {
  /** What the kernel calls it: 2 is hci2. */
  number: number | undefined
  /** The address, in the order in which it is sent. */
  readonly #address: readonly number[]
  readonly #device = openSync('/dev/vhci', constants.O_RDWR)
  /** The handles of its links, which are the same at both ends. */
  readonly #links = new Set<number>()
  #other!: Controller
  /** The type of the link that the other controller has been asked for and not yet granted. */
  #wanted: number | undefined

  constructor(address: string) {
    this.#address = address
      .split(':')
      .map((byte) => Number.parseInt(byte, 16))
      .reverse()
  }

  /** Makes the controller known to the kernel, which answers with its number. */
  start(other: Controller): void {
    this.#other = other
    this.#read()
    writeSync(this.#device, Buffer.from([VENDOR, 0]))
  }

  #read(): void {
    const memory = Buffer.alloc(2048)
    read(this.#device, memory, 0, memory.length, null, (error, length) => {
      if (error) throw error
      const [kind, ...bytes] = memory.subarray(0, length)
      if (kind === VENDOR) this.number = memory.readUInt16LE(2)
      else if (kind === COMMAND) this.#command(memory.readUInt16LE(1), bytes.slice(3))
      else if (kind === ACL || kind === SCO) this.#data(kind, memory.readUInt16LE(1), bytes.slice(2))
      this.#read()
    })
  }

  #send(...bytes: number[]): void {
    writeSync(this.#device, Buffer.from(bytes))
  }

  #event(code: number, ...parameters: number[]): void {
    this.#send(EVENT, code, parameters.length, ...parameters)
  }

  #complete(opcode: number, status: number, ...returned: readonly number[]): void {
    this.#event(COMMAND_COMPLETE, 1, ...u16(opcode), status, ...returned)
  }

  /** Says that a command has begun, which an event will end. */
  #begun(opcode: number, status = SUCCESS): void {
    this.#event(COMMAND_STATUS, status, 1, ...u16(opcode))
  }

  #command(opcode: number, parameters: number[]): void {
    const [, , reason = 0] = parameters
    const handle = ((parameters[1] ?? 0) << 8) | (parameters[0] ?? 0)
    const other = this.#other
    switch (opcode) {
      case 0x0405: // Create Connection
        this.#begun(opcode)
        if (other.#address.every((byte, at) => byte === parameters[at])) this.#ask(ACL_LINK)
        else this.#connected(PAGE_TIMEOUT, 0, parameters.slice(0, 6), ACL_LINK)
        break
      case 0x0406: // Disconnect
        this.#begun(opcode, this.#links.has(handle) ? SUCCESS : NO_CONNECTION)
        this.#disconnected(handle, LOCAL_HOST)
        other.#disconnected(handle, reason)
        break
      case 0x0409: // Accept Connection Request
      case 0x0429: // Accept Synchronous Connection Request
        this.#begun(opcode)
        this.#accept()
        break
      case 0x0419: // Remote Name Request
        this.#begun(opcode)
        this.#event(REMOTE_NAME, SUCCESS, ...parameters.slice(0, 6), ...zeros(248))
        break
      case 0x041b: // Read Remote Supported Features
        this.#begun(opcode)
        this.#event(REMOTE_FEATURES, SUCCESS, ...u16(handle), ...FEATURES)
        break
      case 0x0428: // Setup Synchronous Connection
        this.#begun(opcode, this.#links.has(handle) ? SUCCESS : NO_CONNECTION)
        if (this.#links.has(handle)) this.#ask(ESCO_LINK)
        break
      case 0x1009: // Read BD_ADDR
        this.#complete(opcode, SUCCESS, ...this.#address)
        break
      default: {
        const returned = RETURNED[opcode]
        if (returned) this.#complete(opcode, SUCCESS, ...returned)
        else this.#begun(opcode, UNKNOWN_COMMAND)
      }
    }
  }

  /** Asks the other controller for a link, for its kernel to accept. */
  #ask(type: number): void {
    this.#wanted = type
    this.#other.#event(CONNECTION_REQUEST, ...this.#address, ...zeros(3), type)
  }

  /** Tells both that they have the link that the other one wants. */
  #accept(): void {
    const type = this.#other.#wanted
    if (type === undefined) return
    this.#other.#wanted = undefined
    const handle = ++lastHandle
    this.#connected(SUCCESS, handle, this.#other.#address, type)
    this.#other.#connected(SUCCESS, handle, this.#address, type)
  }

  #connected(status: number, handle: number, address: readonly number[], type: number): void {
    if (status === SUCCESS) this.#links.add(handle)
    const common = [status, ...u16(handle), ...address, type]
    // Slots between packets and for repeating them, the lengths of packets, CVSD.
    if (type === ESCO_LINK) this.#event(SYNCHRONOUS_COMPLETE, ...common, 12, 2, ...u16(60), ...u16(60), 2)
    else this.#event(CONNECTION_COMPLETE, ...common, 0)
  }

  #disconnected(handle: number, reason: number): void {
    if (this.#links.delete(handle)) this.#event(DISCONNECTION_COMPLETE, SUCCESS, ...u16(handle), reason)
  }

  /** Passes on what the kernel sends, after a handle and four bits. */
  #data(kind: number, start: number, data: number[]): void {
    const handle = start & 0xfff
    if (!this.#links.has(handle)) return
    if (kind === ACL) {
      this.#event(COMPLETED_PACKETS, 1, ...u16(handle), ...u16(1))
      // The beginning of a message, whether or not it may be flushed, is 2 for who receives it.
      const boundary = (start >> 12) & 3 || 2
      this.#other.#send(kind, ...u16(handle | (boundary << 12)), ...data)
    } else {
      // What a packet begins with, after its length, is what has become of it on the air, for a test to choose.
      const [, first = CORRECT] = data
      const status = first <= PARTLY_LOST ? first : CORRECT
      this.#other.#send(kind, ...u16(handle | (status << 12)), ...data)
    }
  }
}

let lastHandle = 0
const controllers = process.argv.slice(2).map((address) => new Controller(address))
const [left, right] = controllers
if (!left || !right) throw new Error('usage: sco-controllers ADDRESS ADDRESS')
left.start(right)
right.start(left)
while (left.number === undefined || right.number === undefined) await pause(20)
console.log(`hci${left.number} hci${right.number}`)
