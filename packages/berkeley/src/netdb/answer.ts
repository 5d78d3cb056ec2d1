// One lookup: a thread asks the C library, and its answer is waited for on a descriptor, as data on a socket is.
import { osError } from '../core/errors.ts'
import { Handle } from '../ops/handle.ts'
import { NOTHING, type Operation, operation, READ, Request } from '../ops/request.ts'
import { perform, type Steps } from '../ops/steps.ts'
import { native } from '../sys/native.ts'
import { type Packed, unpack } from '../sys/packed.ts'

/** An eventfd is none. */
const NO_SOCKET = { family: 0, type: 0, proto: 0 }

/** The answer to what a function of `native` asked, by the descriptor it gave; waits `timeout` seconds at most. */
export function* answerTo(syscall: string, descriptor: number, timeout: number | null = null): Steps<Packed> {
  if (descriptor < 0) throw osError(descriptor, syscall)
  const handle = new Handle(descriptor, NO_SOCKET)
  handle.timeout = timeout
  try {
    return yield* perform(handle, new Request(answering(syscall), NOTHING, 0), true)
  } finally {
    handle.fd = -1
    native.lookup_end(descriptor)
  }
}

function answering(name: string): Operation<Packed> {
  return operation({
    name,
    waits: READ,
    attempt: ({ fd }) => native.lookup_answer(fd, NOTHING),
    result: (length, { fd }) => unpack((bytes) => native.lookup_answer(fd, bytes), length) as Packed,
  })
}
