// The queue under every file: what is searched, copied and shared, which the calls of a file do not tell.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Backlog } from '#file/backlog.js'
import { lineEndInBytes } from '#file/lines.js'
import { bytes, text } from '#file/pieces.js'

const ALL = Number.POSITIVE_INFINITY

describe('backlog', () => {
  test('what was searched for a line end is not searched again', () => {
    const backlog = new Backlog<Buffer>(bytes)
    const packet = Buffer.alloc(1000, 'x')
    let searched = 0
    const find = (piece: Buffer, start: number, before: Buffer | undefined): number => {
      searched += piece.length - start
      return lineEndInBytes(piece, start, before)
    }
    const count = 2000
    for (let i = 0; i < count; i++) {
      backlog.push(packet)
      assert.equal(backlog.takeLine(find, ALL), null)
    }
    // Small pieces that were joined are new pieces: a few times at most.
    assert.ok(searched < 5 * count * packet.length, `${searched} bytes searched`)
    backlog.push(Buffer.from('\nrest'))
    assert.equal(backlog.takeLine(find, ALL)?.length, count * packet.length + 1)
    assert.equal(backlog.takeAll().toString(), 'rest')
  })

  test('nor after a part was taken', () => {
    const backlog = new Backlog<Buffer>(bytes)
    for (let i = 0; i < 10; i++) backlog.push(Buffer.alloc(10_000, 'x'))
    let searched = 0
    const find = (piece: Buffer, start: number): number => {
      searched += piece.length - start
      return -1
    }
    for (let left = 100_000; left > 0; left -= 100) {
      assert.equal(backlog.size, left)
      assert.equal(backlog.takeLine(find, 100)?.length, 100)
    }
    assert.equal(searched, 100_000)
  })

  test('a whole piece is given out as it is, a part as a copy', () => {
    const backlog = new Backlog<Buffer>(bytes)
    const [first, second] = [Buffer.alloc(10, 'x'), Buffer.alloc(10, 'y')]
    backlog.push(first)
    backlog.push(second)
    assert.equal(backlog.take(10), first)
    const part = backlog.take(4)
    assert.notEqual(part.buffer, second.buffer)
    assert.equal(part.toString(), 'yyyy')
    const last = backlog.takeAll()
    assert.notEqual(last.buffer, second.buffer)
    assert.equal(last.length, 6)
    assert.equal(backlog.takeAll().length, 0)
  })

  test('small pieces are joined, large ones are not', () => {
    const backlog = new Backlog<Buffer>(bytes)
    const large = Buffer.alloc(5000, 'x')
    for (let i = 0; i < 100; i++) backlog.push(large)
    for (let i = 0; i < 100; i++) backlog.push(Buffer.of(i))
    for (let i = 0; i < 100; i++) assert.equal(backlog.takePieces(1), large)
    let pieces = 0
    for (; backlog.size > 0; pieces++) backlog.takePieces(1)
    assert.ok(pieces < 20, `${pieces} pieces`)
  })

  test('characters are counted, not units', () => {
    const backlog = new Backlog<string>(text)
    for (const piece of ['a😀', '😀b', 'cd', '😀']) backlog.push(piece)
    assert.equal(backlog.size, 7)
    assert.deepEqual([backlog.take(2), backlog.take(2), backlog.size], ['a😀', '😀b', 3])
    backlog.putBack(['😀😀'])
    assert.deepEqual(
      [backlog.size, backlog.take(1), backlog.take(3), backlog.takeAll()],
      [5, '😀', '😀cd', '😀'],
    )
    backlog.push('plain')
    assert.deepEqual([backlog.size, backlog.take(3), backlog.size], [5, 'pla', 2])
  })
})
