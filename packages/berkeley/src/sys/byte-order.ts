// The order of bytes in this machine's numbers. Not asked of node:os: to import one of Node's modules whose parts load
// lazily (os, util, buffer, module) loads all of them, which takes a fifth of the time of the whole import.

/** For DataView's parameter of this name. */
export const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1
