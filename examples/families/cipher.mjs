// @ts-check
// Encrypts or decrypts standard input with AES in CBC mode, by the kernel (AF_ALG), as `openssl enc -aes-128-cbc -nopad`.
//
//   KEY=00112233445566778899aabbccddeeff IV=000102030405060708090a0b0c0d0e0f
//   printf 'sixteen bytes ok' | node examples/families/cipher.mjs encrypt $KEY $IV | xxd -p
//
// prints what
//
//   printf 'sixteen bytes ok' | openssl enc -aes-128-cbc -nopad -K $KEY -iv $IV | xxd -p
import { readFileSync } from 'node:fs'
import {
  AF_ALG,
  ALG_OP_DECRYPT,
  ALG_OP_ENCRYPT,
  ALG_SET_KEY,
  SOCK_SEQPACKET,
  SOL_ALG,
  Socket,
} from 'berkeley/blocking'

const [direction, key, iv] = process.argv.slice(2)
if (!key || !iv || (direction !== 'encrypt' && direction !== 'decrypt')) {
  console.error('usage: cipher.mjs encrypt|decrypt KEY IV, both in hexadecimal digits')
  process.exit(2)
}

const algorithm = new Socket(AF_ALG, SOCK_SEQPACKET)
algorithm.bind(['skcipher', 'cbc(aes)'])
algorithm.setsockopt(SOL_ALG, ALG_SET_KEY, Buffer.from(key, 'hex'))
const [operation] = algorithm.accept()

const input = readFileSync(0)
const op = direction === 'encrypt' ? ALG_OP_ENCRYPT : ALG_OP_DECRYPT
operation.sendmsgAfalg({ msg: [input], op, iv: Buffer.from(iv, 'hex') })
process.stdout.write(operation.recv(input.length))
operation.close()
algorithm.close()
