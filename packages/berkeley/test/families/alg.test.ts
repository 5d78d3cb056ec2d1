// AF_ALG: the kernel's hashes, ciphers and random numbers give what node:crypto gives.
import assert from 'node:assert/strict'
import { createCipheriv, createHash, createHmac } from 'node:crypto'
import { before } from 'node:test'
import {
  AF_ALG,
  ALG_OP_DECRYPT,
  ALG_OP_ENCRYPT,
  ALG_SET_AEAD_AUTHSIZE,
  ALG_SET_KEY,
  ALG_SET_OP,
  algOp,
  MSG_MORE,
  SOCK_SEQPACKET,
  SOL_ALG,
  type Socket,
} from 'berkeley'
import { type Bench, familyTest, warmUp } from './family-test.ts'

before(warmUp)

const ALG = { family: AF_ALG, type: SOCK_SEQPACKET }
const KEY = Buffer.alloc(16, 'key')
const IV = Buffer.alloc(16, 'iv')
const TEXT = Buffer.alloc(64, 'plain text ')

/** A socket for one operation of an algorithm, and the one that it came from. */
async function operation(
  { open, own }: Bench,
  type: string,
  name: string,
  prepare: (algorithm: Socket<number>) => void = () => {},
): Promise<[operation: Socket<number>, algorithm: Socket<number>]> {
  const algorithm = open()
  algorithm.bind([type, name])
  prepare(algorithm)
  const [accepted, address] = await algorithm.accept()
  assert.equal(address, null)
  return [own(accepted), algorithm]
}

const withKey = (algorithm: Socket<number>) => algorithm.setsockopt(SOL_ALG, ALG_SET_KEY, KEY)

familyTest(ALG, 'a hash, at once, in pieces and of nothing', async (bench) => {
  const [hash] = await operation(bench, 'hash', 'sha256')
  const expected = createHash('sha256').update('hello world').digest('hex')
  await hash.sendall('hello world')
  assert.equal((await hash.recv(64)).toString('hex'), expected)
  await hash.send('hello', MSG_MORE)
  await hash.send(' world')
  assert.equal((await hash.recv(64)).toString('hex'), expected)
  assert.equal((await hash.recv(64)).toString('hex'), createHash('sha256').digest('hex'))
})

familyTest(ALG, 'accept on an operation copies how far it has come', async (bench) => {
  const [hash] = await operation(bench, 'hash', 'sha256')
  await hash.send('common ', MSG_MORE)
  const [accepted] = await hash.accept()
  const copy = bench.own(accepted)
  await hash.send('left')
  await copy.send('right')
  for (const [socket, text] of [
    [hash, 'common left'],
    [copy, 'common right'],
  ] as const) {
    assert.equal((await socket.recv(64)).toString('hex'), createHash('sha256').update(text).digest('hex'))
  }
})

familyTest(ALG, 'a hash with a key, which must be set before accept', async (bench) => {
  const [hmac] = await operation(bench, 'hash', 'hmac(sha256)', withKey)
  await hmac.sendall(TEXT)
  const expected = createHmac('sha256', KEY).update(TEXT).digest('hex')
  assert.equal((await hmac.recv(64)).toString('hex'), expected)
  const [keyless] = await operation(bench, 'hash', 'hmac(sha256)')
  await assert.rejects(async () => keyless.send(TEXT), { code: 'ENOKEY' })
})

familyTest(ALG, 'a cipher, there and back, at once and in pieces', async (bench) => {
  const [cipher] = await operation(bench, 'skcipher', 'cbc(aes)', withKey)
  const node = createCipheriv('aes-128-cbc', KEY, IV).setAutoPadding(false)
  const expected = Buffer.concat([node.update(TEXT), node.final()])
  assert.equal(await cipher.sendmsgAfalg({ msg: [TEXT], op: ALG_OP_ENCRYPT, iv: IV }), TEXT.length)
  const encrypted = await cipher.recv(TEXT.length)
  assert.deepEqual(encrypted, expected)
  await cipher.sendmsgAfalg({ op: ALG_OP_DECRYPT, iv: IV, flags: MSG_MORE })
  await cipher.send(encrypted.subarray(0, 32), MSG_MORE)
  await cipher.send(encrypted.subarray(32))
  assert.deepEqual(await cipher.recv(TEXT.length), TEXT)
})

familyTest(ALG, 'the control messages by hand', async (bench) => {
  const [cipher] = await operation(bench, 'skcipher', 'ecb(aes)', withKey)
  await cipher.sendmsg([TEXT], [[SOL_ALG, ALG_SET_OP, algOp.encode(ALG_OP_ENCRYPT)]])
  const node = createCipheriv('aes-128-ecb', KEY, null).setAutoPadding(false)
  assert.deepEqual(await cipher.recv(TEXT.length), Buffer.concat([node.update(TEXT), node.final()]))
})

familyTest(ALG, 'authenticated encryption, and what was tampered with', async (bench) => {
  const TAG = 16
  const header = Buffer.from('only authenticated')
  const iv = IV.subarray(0, 12)
  const node = createCipheriv('aes-128-gcm', KEY, iv, { authTagLength: TAG })
  node.setAAD(header)
  const expected = Buffer.concat([node.update(TEXT), node.final(), node.getAuthTag()])
  const [aead] = await operation(bench, 'aead', 'gcm(aes)', (algorithm) => {
    withKey(algorithm)
    algorithm.setsockopt(SOL_ALG, ALG_SET_AEAD_AUTHSIZE, null, TAG)
  })
  const parameters = { iv, assoclen: header.length }
  await aead.sendmsgAfalg({ msg: [header, TEXT], op: ALG_OP_ENCRYPT, ...parameters })
  const sealed = await aead.recv(header.length + TEXT.length + TAG)
  assert.deepEqual(sealed.subarray(header.length), expected)
  await aead.sendmsgAfalg({ msg: [header, expected], op: ALG_OP_DECRYPT, ...parameters })
  assert.deepEqual((await aead.recv(header.length + TEXT.length)).subarray(header.length), TEXT)
  expected[0]! ^= 1
  await aead.sendmsgAfalg({ msg: [header, expected], op: ALG_OP_DECRYPT, ...parameters })
  await assert.rejects(async () => aead.recv(header.length + TEXT.length), { code: 'EBADMSG' })
})

familyTest(ALG, 'random numbers, of which the same seed gives the same', async (bench) => {
  const seeded = (algorithm: Socket<number>) =>
    algorithm.setsockopt(SOL_ALG, ALG_SET_KEY, Buffer.alloc(32, 1))
  // The generator belongs to the algorithm's socket, so each has its own.
  const [first] = await operation(bench, 'rng', 'ansi_cprng', seeded)
  const [second] = await operation(bench, 'rng', 'ansi_cprng', seeded)
  const numbers = await first.recv(32)
  assert.equal(numbers.length, 32)
  assert.deepEqual(await second.recv(32), numbers)
  assert.notDeepEqual(await first.recv(32), numbers)
})
