// Python as the oracle: the same calls to its `socket` module and to ours, and what came of them in a form to compare.
import { spawnSync } from 'node:child_process'
import { gaierror, herror, OSError } from 'berkeley'

/** Python's name of the function, and its arguments. */
export type Call = readonly [name: string, ...args: readonly unknown[]]

/** Errors are compared by their class, those of lookups also by their number. */
export type Outcome = { readonly value: unknown } | { readonly error: string; readonly errno?: number }

const SCRIPT = `
import json, socket, sys

def given(value):
    if isinstance(value, list): return tuple(map(given, value))
    if isinstance(value, dict): return bytes.fromhex(value['bytes'])
    return value

def plain(value):
    if isinstance(value, (list, tuple)): return list(map(plain, value))
    return {'bytes': value.hex()} if isinstance(value, bytes) else value

def outcome(name, *args):
    try: return {'value': plain(getattr(socket, name)(*map(given, args)))}
    except (socket.gaierror, socket.herror) as e: return {'error': type(e).__name__, 'errno': e.errno}
    except OSError: return {'error': 'OSError'}
    except (ValueError, OverflowError): return {'error': 'RangeError'}
    except TypeError: return {'error': 'TypeError'}

json.dump([outcome(*call) for call in json.load(sys.stdin)], sys.stdout)
`

/** What Python makes of the calls, all in one process. */
export function askPython(calls: readonly Call[]): Outcome[] {
  const input = JSON.stringify(calls, (_key, value) => packed(value))
  const env = { ...process.env, LC_ALL: 'C' } // Node sets no locale, and AI_IDN reads names in that of the process.
  const { stdout, stderr, status, error } = spawnSync('python3', ['-c', SCRIPT], {
    input,
    env,
    maxBuffer: 2 ** 28,
  })
  if (error) throw error
  if (status !== 0) throw new Error(stderr.toString())
  return JSON.parse(stdout.toString())
}

/** What one of our modules makes of a call. */
export async function ask(module: object, [name, ...args]: Call): Promise<Outcome> {
  const ours = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  const call = (module as Record<string, (...args: unknown[]) => unknown>)[ours]!
  try {
    return { value: plain(await call(...args)) }
  } catch (error) {
    if (error instanceof gaierror || error instanceof herror) return { error: error.name, errno: error.errno }
    if (error instanceof OSError) return { error: 'OSError' }
    return { error: (error as Error).name }
  }
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null, (_key, inner) => packed(inner)))
}

function packed(value: unknown): unknown {
  const bytes = value instanceof Uint8Array ? Buffer.from(value) : bufferInJson(value)
  return bytes ? { bytes: bytes.toString('hex') } : value
}

// Buffer has a toJSON, which runs first.
function bufferInJson(value: unknown): Buffer | undefined {
  const { type, data } = Object(value) as { type?: unknown; data?: number[] }
  return type === 'Buffer' ? Buffer.from(data!) : undefined
}
