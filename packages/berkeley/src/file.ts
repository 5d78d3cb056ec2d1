// makefile: a buffered file object over a socket, as Python's `socket.makefile`. Its parts are in file/.
//
//   BaseFile, ReadingFile, WritingFile
//                 the methods; one at a time in each direction (turns.ts)
//   Reader        sizes and lines out of a Backlog, which a Source fills: bytes as they come, or decoded
//   Writer        a Backlog on its way out
//   Wire          the socket, kept open while it has files
import type { Form } from './core/form.ts'
import type { Parts } from './file/base-file.ts'
import { makeDecoder } from './file/decoding.ts'
import { AsyncFile, BlockingFile } from './file/forms.ts'
import { incomingText, lineEndInBytes, lineEndInText } from './file/lines.ts'
import { type Meter, MeteredReader, WholeWriter } from './file/meter.ts'
import { type FileOptions, type Mode, readMode, readOptions, type Settings } from './file/options.ts'
import { prepareBytes, preparingCounted, preparingText } from './file/outgoing.ts'
import { ByteReader, Reader } from './file/reader.ts'
import { ByteSource, TextSource } from './file/sources.ts'
import { AsyncTurns, BlockingTurns, type Turns } from './file/turns.ts'
import { Wire } from './file/wire.ts'
import { BufferedWriter, UnbufferedWriter, type Writer } from './file/writer.ts'
import type { Handle } from './ops/handle.ts'

export type { Content, FileWait, Writable } from './file/content.ts'
export type { ErrorHandling } from './file/encodings.ts'
export type { Newline } from './file/lines.ts'
export { Meter } from './file/meter.ts'
export { AsyncFile, BlockingFile, type FileOptions }

/** The file object of a form. */
export type SocketFile<F extends Form, M extends string = 'r'> = F extends 'async'
  ? AsyncFile<M>
  : BlockingFile<M>

/**
 * makefile - a file object over a socket
 *
 * @param form whether its methods return promises or block
 * @param handle the socket's handle
 * @param socket the socket, which the file keeps alive
 * @param mode `'r'` (the default), `'w'` or `'rw'`; with `'b'` for bytes
 * @param options as in Python
 * @throws TypeError, RangeError
 * @example
 * makefile('async', socket[HANDLE], socket, 'rw')
 */
export function makefile<F extends Form, M extends string = 'r'>(
  form: F,
  handle: Handle,
  socket: object,
  mode: string = 'r',
  options: FileOptions = {},
): SocketFile<F, M> {
  const parsed = readMode(mode)
  const settings = readOptions(options, parsed)
  const wire = new Wire(handle, socket)
  return (
    form === 'async'
      ? new AsyncFile(partsOf<'async'>(wire, parsed, settings, AsyncTurns))
      : new BlockingFile(partsOf<'blocking'>(wire, parsed, settings, BlockingTurns))
  ) as SocketFile<F, M>
}

/**
 * makeMeteredFile - a file object for one direction of a connection that a server has taken: bytes, counted and bounded
 *
 * Writing takes strings as well. Without a buffer, each `write` sends all of its data.
 *
 * @param form whether its methods return promises or block
 * @param handle the socket's handle
 * @param socket the socket, which the file keeps alive
 * @param mode `'rb'` or `'wb'`
 * @param buffering as of `makefile`
 * @param meter counts, and holds the bounds
 * @throws TypeError, RangeError
 * @example
 * makeMeteredFile('async', socket[HANDLE], socket, 'rb', -1, new Meter())
 */
export function makeMeteredFile<F extends Form, M extends 'rb' | 'wb'>(
  form: F,
  handle: Handle,
  socket: object,
  mode: M,
  buffering: number,
  meter: Meter,
): SocketFile<F, M> {
  const parsed = readMode(mode)
  const settings = readOptions({ buffering }, parsed)
  const wire = new Wire(handle, socket)
  const reader = parsed.reads
    ? new MeteredReader(wire, settings.buffering, new ByteSource(settings.buffering), meter)
    : null
  const writer = parsed.reads
    ? null
    : settings.buffering === 0
      ? new WholeWriter(wire)
      : makeWriter(wire, parsed, settings)
  const shared = { wire, mode: parsed, settings, reader, writer, prepare: preparingCounted(meter) }
  return (
    form === 'async'
      ? new AsyncFile({ ...shared, readTurns: new AsyncTurns(), writeTurns: new AsyncTurns() })
      : new BlockingFile({ ...shared, readTurns: new BlockingTurns(), writeTurns: new BlockingTurns() })
  ) as SocketFile<F, M>
}

function partsOf<F extends Form>(
  wire: Wire,
  mode: Mode,
  settings: Settings,
  TurnsOfForm: new () => Turns<F>,
): Parts<F> {
  return {
    wire,
    mode,
    settings,
    reader: mode.reads ? makeReader(wire, mode, settings) : null,
    writer: mode.writes ? makeWriter(wire, mode, settings) : null,
    prepare: mode.isBinary || !mode.writes ? prepareBytes : preparingText(settings),
    readTurns: new TurnsOfForm(),
    writeTurns: new TurnsOfForm(),
  }
}

function makeReader(wire: Wire, mode: Mode, settings: Settings): Reader<string> | ByteReader {
  const { buffering, encoding, errors, newline } = settings
  if (mode.isBinary) return new ByteReader(wire, buffering, new ByteSource(buffering), lineEndInBytes)
  const source = new TextSource(buffering, makeDecoder(encoding, errors), incomingText(newline), encoding)
  return new Reader(wire, source, lineEndInText(newline), false)
}

function makeWriter(wire: Wire, mode: Mode, { buffering }: Settings): Writer {
  return buffering === 0 ? new UnbufferedWriter(wire) : new BufferedWriter(wire, buffering, mode.isBinary)
}
