// examples/families: the kernel's cryptography, against sha256sum and openssl.
import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { AF_ALG, SOCK_SEQPACKET } from 'berkeley'
import { output, pathOfExample } from '../examples/program.ts'
import { exampleTest } from './example-test.ts'

const ALG = { family: AF_ALG, type: SOCK_SEQPACKET, programs: ['sha256sum', 'openssl'] }
exampleTest(ALG, 'hash.mjs prints what sha256sum prints', () => {
  const file = fileURLToPath(import.meta.url)
  const expected = output('sha256sum', [file]).toString()
  assert.equal(
    output(process.execPath, [pathOfExample('families/hash'), 'sha256', file]).toString(),
    expected,
  )
})

exampleTest(ALG, 'cipher.mjs encrypts what openssl decrypts, and the reverse', () => {
  const key = '00112233445566778899aabbccddeeff'
  const iv = '000102030405060708090a0b0c0d0e0f'
  const text = Buffer.alloc(160, 'sixteen bytes ok')
  const ours = (direction: string, input: Buffer) =>
    output(process.execPath, [pathOfExample('families/cipher'), direction, key, iv], input)
  const theirs = (...args: string[]) => ['enc', '-aes-128-cbc', '-nopad', '-K', key, '-iv', iv, ...args]
  const encrypted = output('openssl', theirs(), text)
  assert.deepEqual(ours('encrypt', text), encrypted)
  assert.deepEqual(ours('decrypt', encrypted), text)
})
