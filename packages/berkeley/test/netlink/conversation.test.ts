// Requests and what comes back: the right answers, errors, answers of others, and everything that a kernel
// should not say.
import assert from 'node:assert/strict'
import { EINVAL, ENOENT, ETIMEDOUT, InterruptedError, OSError, SO_RCVBUF, SOL_SOCKET } from 'berkeley'
import {
  encodeAttributes,
  encodeMessage,
  type Message,
  type NetlinkError,
  NLM_F_ACK,
  NLM_F_ACK_TLVS,
  NLM_F_CAPPED,
  NLM_F_CREATE,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_ECHO,
  NLM_F_MULTI,
  NLM_F_REQUEST,
  NLMSG_NOOP,
  NLMSG_OVERRUN,
  uint32,
} from 'berkeley/netlink'
import { socketTest } from '../scope.ts'
import { acknowledgement, done, ENTRY, entry, FakeKernel } from './fake-kernel.ts'
import { formNames, forms, openLoop } from './forms.ts'

await openLoop()

const texts = (messages: readonly Message[]): string[] => messages.map(({ payload }) => payload.toString())

for (const form of formNames) {
  const netlink = forms[form]
  const test: typeof socketTest = (name, body) => socketTest(`${form}: ${name}`, body)

  test('a request has a header, and ends with an acknowledgement', async (t) => {
    const kernel = new FakeKernel(t)
    const customer = kernel.customer(t, netlink)
    kernel.say(customer.port, entry(1, 'echoed', 0), acknowledgement(1))
    assert.deepEqual(texts(await customer.request(99, NLM_F_CREATE | NLM_F_ECHO, 'please')), ['echoed'])
    assert.deepEqual(kernel.heard(), {
      type: 99,
      flags: NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_ECHO,
      seq: 1,
      pid: customer.port,
      payload: Buffer.from('please'),
    })
    kernel.say(customer.port, acknowledgement(2))
    assert.deepEqual(await customer.request(99), [])
    assert.equal(kernel.heard().seq, 2)
  })

  test('a dump is all messages up to the end, however they are spread over datagrams', async (t) => {
    const kernel = new FakeKernel(t)
    const customer = kernel.customer(t, netlink)
    kernel.say(customer.port, entry(1, 'a'), entry(1, 'b'))
    kernel.say(customer.port, entry(1, 'c'))
    kernel.say(customer.port, entry(1, 'd'), done(1), entry(1, 'after the end'))
    assert.deepEqual(texts(await customer.dump(99, 'all')), ['a', 'b', 'c', 'd'])
    const { type, flags, payload } = kernel.heard()
    assert.deepEqual([type, flags, payload.toString()], [99, NLM_F_REQUEST | NLM_F_ACK | NLM_F_DUMP, 'all'])
  })

  test('a dump that the table changed under is made again', async (t) => {
    const kernel = new FakeKernel(t)
    const customer = kernel.customer(t, netlink)
    kernel.say(customer.port, entry(1, 'half', NLM_F_MULTI | NLM_F_DUMP_INTR), done(1))
    kernel.say(customer.port, entry(2, 'half again'), done(2, 0, NLM_F_DUMP_INTR))
    kernel.say(customer.port, entry(3, 'whole'), done(3))
    assert.deepEqual(texts(await customer.dump(99)), ['whole'])
    assert.equal(kernel.countHeard(), 3)
  })

  test('but not for ever', async (t) => {
    const kernel = new FakeKernel(t)
    const customer = kernel.customer(t, netlink)
    for (let seq = 1; seq <= 10; seq++)
      kernel.say(customer.port, entry(seq, 'half'), done(seq, 0, NLM_F_DUMP_INTR))
    await assert.rejects(
      async () => customer.dump(99),
      (error: unknown) => {
        assert.ok(error instanceof InterruptedError)
        assert.equal(error.code, 'EINTR')
        assert.equal(error.message, 'dump EINTR: the table changed during each of 10 dumps')
        return true
      },
    )
    assert.equal(kernel.countHeard(), 10)
    kernel.say(customer.port, entry(11, 'whole'), done(11))
    assert.deepEqual(texts(await customer.dump(99)), ['whole'])
  })

  const explanation = encodeAttributes([
    [1, 'not so'],
    [2, uint32.encode(24)],
  ])
  const refused = (code: string, call: string) => (error: unknown) => {
    assert.ok(error instanceof OSError)
    const { extack, errno } = error as NetlinkError
    assert.deepEqual(
      [error.code, errno > 0, error.syscall, error.message, extack.message, extack.offset],
      [code, true, call, `${call} ${code}: not so`, 'not so', 24],
    )
    return true
  }

  test('an error tells what the kernel explains', async (t) => {
    const kernel = new FakeKernel(t)
    const customer = kernel.customer(t, netlink)
    const flags = NLM_F_ACK_TLVS | NLM_F_CAPPED
    kernel.say(customer.port, acknowledgement(1, -EINVAL, flags, explanation))
    await assert.rejects(async () => customer.request(99), refused('EINVAL', 'request'))
    // One that repeats the request before it explains.
    const asked = { type: 99, payload: 'please' }
    const rest = Buffer.concat([encodeMessage(asked).subarray(16), explanation])
    kernel.say(customer.port, acknowledgement(2, -ENOENT, NLM_F_ACK_TLVS, rest, asked))
    await assert.rejects(async () => customer.dump(99), refused('ENOENT', 'dump'))
    // One at the end of a dump.
    kernel.say(customer.port, entry(3, 'a'), done(3, -EINVAL, NLM_F_ACK_TLVS, explanation))
    await assert.rejects(async () => customer.dump(99), refused('EINVAL', 'dump'))
    kernel.say(customer.port, entry(4, 'well'), done(4))
    assert.deepEqual(texts(await customer.dump(99)), ['well'])
  })

  test('an errno has the class of errors that it has everywhere', async (t) => {
    const kernel = new FakeKernel(t)
    const customer = kernel.customer(t, netlink)
    kernel.say(customer.port, acknowledgement(1, -ETIMEDOUT))
    await assert.rejects(async () => customer.request(99), {
      name: 'TimeoutError',
      message: 'request ETIMEDOUT',
    })
  })

  test('what answers another number, or another port, is not for this request', async (t) => {
    const kernel = new FakeKernel(t)
    const customer = kernel.customer(t, netlink)
    kernel.say(customer.port, entry(0, 'older'), done(0))
    kernel.say(customer.port, entry(2, 'younger'), done(2))
    kernel.say(customer.port, { ...entry(1, 'for another'), pid: 77 }, { ...done(1), pid: 77 })
    kernel.say(customer.port, entry(1, 'right'), done(1))
    assert.deepEqual(texts(await customer.dump(99)), ['right'])
  })

  test('what comes from another port than the peer is not listened to', async (t) => {
    const kernel = new FakeKernel(t)
    const spoofer = new FakeKernel(t)
    const customer = kernel.customer(t, netlink)
    spoofer.say(customer.port, entry(1, 'false'), done(1))
    spoofer.say(customer.port, acknowledgement(1, -EINVAL))
    kernel.say(customer.port, entry(1, 'true'), done(1))
    assert.deepEqual(texts(await customer.dump(99)), ['true'])
  })

  test('a datagram may be larger than any buffer', async (t) => {
    const kernel = new FakeKernel(t)
    const customer = kernel.customer(t, netlink)
    const sizes = [10, 32752, 32753, 100_000, 10]
    for (const size of sizes) kernel.say(customer.port, entry(1, 'x'.repeat(size)))
    kernel.say(customer.port, done(1))
    const messages = await customer.dump(99)
    assert.deepEqual(
      messages.map(({ payload }) => payload.length),
      sizes,
    )
    assert.ok(texts(messages).every((text) => /^x+$/.test(text)))
  })

  test('what says nothing is passed over', async (t) => {
    const kernel = new FakeKernel(t)
    const customer = kernel.customer(t, netlink)
    kernel.say(customer.port, { type: NLMSG_NOOP, seq: 1 }, entry(1, 'a'), done(1))
    assert.deepEqual(texts(await customer.dump(99)), ['a'])
  })

  test('a message that is cut is an error, and the next request is answered', async (t) => {
    const kernel = new FakeKernel(t)
    const customer = kernel.customer(t, netlink)
    kernel.say(customer.port, entry(1, 'whole'))
    kernel.sayBytes(customer.port, encodeMessage({ type: ENTRY, payload: 'this is cut' }).subarray(0, 20))
    kernel.say(customer.port, entry(1, 'never read'), done(1))
    await assert.rejects(async () => customer.dump(99), {
      name: 'RangeError',
      message:
        "decodeMessages(): buffer must be whole messages, got 'message 16 at 0, of 27 bytes, cut after 20'",
    })
    // What is left of the first is thrown away before the second is asked: only then its answer may come.
    kernel.say(customer.port, entry(2, 'thrown away, too'), done(2))
    const answer = Promise.resolve(form === 'async' ? customer.dump(99) : null)
    if (form === 'async') {
      await new Promise(setImmediate)
      kernel.say(customer.port, entry(2, 'right'), done(2))
      assert.deepEqual(texts((await answer)!), ['right'])
    }
  })

  test('data lost on the way is an error', async (t) => {
    const kernel = new FakeKernel(t)
    const customer = kernel.customer(t, netlink)
    kernel.say(customer.port, entry(1, 'a'), { type: NLMSG_OVERRUN, seq: 1 })
    await assert.rejects(async () => customer.dump(99), { code: 'ENOBUFS', syscall: 'dump' })
  })

  test('the time limit holds, and what comes too late is thrown away', async (t) => {
    const kernel = new FakeKernel(t)
    const customer = kernel.customer(t, netlink, { timeout: 0.02 })
    await assert.rejects(async () => customer.dump(99), { name: 'TimeoutError', syscall: 'dump' })
    customer.socket.settimeout(0)
    await assert.rejects(async () => customer.dump(99), { name: 'BlockingIOError', syscall: 'dump' })
    kernel.say(customer.port, entry(1, 'late'), done(1), entry(2, 'late as well'), done(2))
    await assert.rejects(async () => customer.dump(99), { name: 'BlockingIOError' })
  })

  test('a peer whose queue is full is waited for', async (t) => {
    const kernel = new FakeKernel(t)
    kernel.socket.setsockopt(SOL_SOCKET, SO_RCVBUF, 0)
    const customer = kernel.customer(t, netlink, { timeout: 0.05 })
    const filler = new FakeKernel(t)
    let queued = 0
    try {
      for (; ; queued++) filler.sayBytes(kernel.port, Buffer.alloc(16)) // As long as a request.
    } catch (error) {
      assert.equal((error as OSError).code, 'EAGAIN')
    }
    assert.ok(queued > 0)
    await assert.rejects(async () => customer.request(99), { name: 'TimeoutError', syscall: 'request' })
    if (form === 'async') {
      customer.socket.settimeout(5)
      const answer = customer.request(98)
      await new Promise(setImmediate)
      assert.equal(kernel.countHeard(), queued)
      kernel.say(customer.port, acknowledgement(2))
      assert.deepEqual(await answer, [])
    }
  })

  test('a closed one', async (t) => {
    const customer = new FakeKernel(t).customer(t, netlink)
    customer.close()
    customer.close()
    await assert.rejects(async () => customer.request(99), { code: 'EBADF', syscall: 'request' })
    await assert.rejects(async () => customer.dump(99), { code: 'EBADF', syscall: 'dump' })
  })
}

const { async: netlink } = forms

socketTest('requests are served in their order', async (t) => {
  const kernel = new FakeKernel(t)
  const customer = kernel.customer(t, netlink)
  const seqs = Array.from({ length: 20 }, (_, i) => i + 1)
  const answers = seqs.map((seq) => (seq % 2 ? customer.dump(seq) : customer.request(seq)))
  for (const seq of seqs) {
    await new Promise(setImmediate)
    assert.equal(kernel.heard().type, seq)
    assert.equal(kernel.countHeard(), 0, 'the next one waits')
    kernel.say(customer.port, entry(seq, `${seq}`), seq % 2 ? done(seq) : acknowledgement(seq))
    assert.deepEqual(texts(await answers[seq - 1]!), [`${seq}`])
  }
})

socketTest('a request may be given up, and so may one that has not begun', async (t) => {
  const kernel = new FakeKernel(t)
  const customer = kernel.customer(t, netlink)
  const [first, second] = [new AbortController(), new AbortController()]
  const one = assert.rejects(customer.dump(1, '', { signal: first.signal }), /first/)
  const two = assert.rejects(customer.request(2, 0, '', { signal: second.signal }), /second/)
  await new Promise(setImmediate)
  second.abort(new Error('second'))
  await two
  first.abort(new Error('first'))
  await one
  kernel.say(customer.port, entry(1, 'late'), done(1))
  const three = customer.dump(3)
  await new Promise(setImmediate)
  kernel.say(customer.port, entry(2, 'right'), done(2))
  assert.deepEqual(texts(await three), ['right'])
  assert.equal(kernel.heard().type, 1)
  assert.equal(kernel.heard().type, 3)
  await assert.rejects(customer.dump(4, '', { signal: AbortSignal.abort(new Error('before')) }), /before/)
  assert.equal(kernel.countHeard(), 0)
})

socketTest('closing ends the wait', async (t) => {
  const customer = new FakeKernel(t).customer(t, netlink)
  const waiting = assert.rejects(customer.dump(1), { code: 'ECANCELED', syscall: 'dump' })
  await new Promise(setImmediate)
  customer.close()
  await waiting
})
