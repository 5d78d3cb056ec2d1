// Ending what waits: by AbortSignal, by close, by detach. Promises only; a thread that blocks can do none of these.
import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { close, ECANCELED, MSG_DONTWAIT, OSError } from 'berkeley'
import { socketTest } from '../scope.ts'
import { assertUsable, begin, beginAbortable, waits } from '../waits.ts'
import type { World } from '../worlds.ts'

export function cancellingSuite(world: World): void {
  if (!world.can.overlap) return

  for (const wait of waits.filter(({ possible }) => possible(world))) {
    const { title, method, arrange, withFlags, flags = 0 } = wait

    socketTest(`${title} with an aborted signal does nothing`, async (t) => {
      const arranged = await arrange(world, t)
      if (wait.resumes(world)) await arranged.release()
      const reason = new Error('too late')
      await assert.rejects(beginAbortable(world, wait, arranged, AbortSignal.abort(reason)).result, reason)
      if (!wait.resumes(world)) return
      await arranged.check(await begin(world, wait, arranged).result)
    })

    socketTest(`${title} can be aborted while it waits, and then be done again`, async (t) => {
      const arranged = await arrange(world, t)
      const controller = new AbortController()
      const reason = { any: 'value' }
      const { waiting, result } = beginAbortable(world, wait, arranged, controller.signal)
      await waiting
      controller.abort(reason)
      await assert.rejects(result, (error) => error === reason)
      assert.deepEqual(getEventListeners(controller.signal, 'abort'), [])
      await assertUsable(world, wait, arranged)
    })

    socketTest(`${title} gives the reason of AbortSignal.timeout`, async (t) => {
      const arranged = await arrange(world, t)
      const { result } = beginAbortable(world, wait, arranged, AbortSignal.timeout(1))
      await assert.rejects(result, { name: 'TimeoutError', constructor: DOMException })
    })

    if (withFlags) {
      socketTest(`${title} takes flags in its options, and options after its flags`, async (t) => {
        const arranged = await arrange(world, t)
        const flagsInOptions = [...arranged.args, { flags: MSG_DONTWAIT }]
        await assert.rejects(begin(world, wait, arranged, flagsInOptions).result, { code: 'EAGAIN' })
        const controller = new AbortController()
        const args = [...withFlags(arranged, flags), { signal: controller.signal }]
        const { waiting, result } = begin(world, wait, arranged, args)
        await waiting
        controller.abort(new Error('enough'))
        await assert.rejects(result, /enough/)
      })
    }

    if (wait.resumes(world)) {
      socketTest(`${title} is not concerned by a signal that aborts afterwards`, async (t) => {
        const arranged = await arrange(world, t)
        const controller = new AbortController()
        const { waiting, result } = beginAbortable(world, wait, arranged, controller.signal)
        await waiting
        await arranged.release()
        await arranged.check(await result)
        assert.deepEqual(getEventListeners(controller.signal, 'abort'), [])
        controller.abort()
      })
    }

    socketTest(`close ends ${title} with ECANCELED`, async (t) => {
      const arranged = await arrange(world, t)
      const { waiting, result } = begin(world, wait, arranged)
      await waiting
      arranged.socket.close()
      await assert.rejects(result, isCanceled(method))
      assert.equal(arranged.socket.fileno(), -1)
      const again = begin(world, wait, arranged).result
      if (method === 'connectEx') assert.equal(await again, world.library.EBADF)
      else await assert.rejects(again, { code: 'EBADF', syscall: method })
    })

    socketTest(`detach ends ${title} with ECANCELED`, async (t) => {
      const arranged = await arrange(world, t)
      const { waiting, result } = begin(world, wait, arranged)
      await waiting
      const descriptor = arranged.socket.detach()
      t.after(() => close(descriptor))
      await assert.rejects(result, isCanceled(method))
    })
  }
}

function isCanceled(method: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof OSError, String(error))
    assert.deepEqual([error.code, error.errno, error.syscall], ['ECANCELED', ECANCELED, method])
    return true
  }
}
