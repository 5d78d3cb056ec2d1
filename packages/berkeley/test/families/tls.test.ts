// TLS in the kernel: what is sent in the clear goes out as records that node:crypto can open, and the other way round.
import assert from 'node:assert/strict'
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { before } from 'node:test'
import {
  AF_INET,
  IPPROTO_TCP,
  SOCK_STREAM,
  SOL_TLS,
  type Socket,
  TCP_ULP,
  TLS_1_2_VERSION,
  TLS_CIPHER_AES_GCM_128,
  TLS_GET_RECORD_TYPE,
  TLS_RX,
  TLS_SET_RECORD_TYPE,
  TLS_TX,
  tlsRecordType,
} from 'berkeley'
import { tlsCryptoInfo } from 'berkeley/families'
import { type Bench, familyTest, warmUp } from './family-test.ts'

before(warmUp)

// The kernel loads the module when it is asked for it, and then has this file.
const TLS = { family: AF_INET, type: SOCK_STREAM, files: ['/proc/net/tls_stat'] }
const HEADER = 5
const IV = 8
const TAG = 16
const ALERT = 21
const DATA = 23

function makeKeys() {
  return {
    version: TLS_1_2_VERSION,
    cipherType: TLS_CIPHER_AES_GCM_128,
    iv: randomBytes(IV),
    key: randomBytes(16),
    salt: randomBytes(4),
    recSeq: Buffer.alloc(8),
  }
}

async function connected({ open, own }: Bench): Promise<[Socket<number>, Socket<number>]> {
  const listening = open()
  listening.bind(['127.0.0.1', 0])
  listening.listen()
  const client = open()
  await client.connect(listening.getsockname() as never)
  return [client, own((await listening.accept())[0])]
}

/** RFC 5246, section 6.2.3.3; what is authenticated: sequence number, type, version, length. */
function authenticated(type: number, length: number): Buffer {
  return Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, type, 3, 3, length >> 8, length & 0xff])
}

familyTest(TLS, 'TLS: records that the kernel makes', async (bench) => {
  const [client, server] = await connected(bench)
  const keys = makeKeys()
  client.setsockopt(IPPROTO_TCP, TCP_ULP, 'tls')
  assert.match(client.getsockopt(IPPROTO_TCP, TCP_ULP, 16).toString(), /^tls\0/)
  client.setsockopt(SOL_TLS, TLS_TX, tlsCryptoInfo.encode(keys))
  assert.deepEqual(tlsCryptoInfo.decode(client.getsockopt(SOL_TLS, TLS_TX, 40)).key, keys.key)
  await client.sendall('in the clear')
  const wire = await server.recv(1000)
  const length = 'in the clear'.length
  assert.deepEqual([wire[0], wire.readUInt16BE(1), wire.readUInt16BE(3)], [DATA, 0x303, IV + length + TAG])
  const nonce = Buffer.concat([keys.salt, wire.subarray(HEADER, HEADER + IV)])
  const decipher = createDecipheriv('aes-128-gcm', keys.key, nonce)
  decipher.setAAD(authenticated(DATA, length))
  decipher.setAuthTag(wire.subarray(-TAG))
  const text = Buffer.concat([decipher.update(wire.subarray(HEADER + IV, -TAG)), decipher.final()])
  assert.equal(text.toString(), 'in the clear')
})

familyTest(TLS, 'TLS: records that the kernel opens', async (bench) => {
  const [client, server] = await connected(bench)
  const keys = makeKeys()
  server.setsockopt(IPPROTO_TCP, TCP_ULP, 'tls')
  server.setsockopt(SOL_TLS, TLS_RX, tlsCryptoInfo.encode(keys))
  const text = 'made by hand'
  const cipher = createCipheriv('aes-128-gcm', keys.key, Buffer.concat([keys.salt, keys.iv]))
  cipher.setAAD(authenticated(DATA, text.length))
  const body = Buffer.concat([cipher.update(text), cipher.final()])
  const length = IV + text.length + TAG
  await client.sendall(
    Buffer.concat([Buffer.from([DATA, 3, 3, 0, length]), keys.iv, body, cipher.getAuthTag()]),
  )
  assert.equal((await server.recv(1000)).toString(), text)
})

familyTest(TLS, 'TLS: both ends, much data, and a record of another type', async (bench) => {
  const [client, server] = await connected(bench)
  const keys = tlsCryptoInfo.encode(makeKeys())
  for (const [socket, direction] of [
    [client, TLS_TX],
    [server, TLS_RX],
  ] as const) {
    socket.setsockopt(IPPROTO_TCP, TCP_ULP, 'tls')
    socket.setsockopt(SOL_TLS, direction, keys)
  }
  const much = randomBytes(50_000)
  await client.sendall(much)
  const chunks: Buffer[] = []
  for (let got = 0; got < much.length; ) {
    const chunk = await server.recv(65_536)
    chunks.push(chunk)
    got += chunk.length
  }
  assert.deepEqual(Buffer.concat(chunks), much)
  await client.sendmsg(['\x01\x00'], [[SOL_TLS, TLS_SET_RECORD_TYPE, tlsRecordType.encode(ALERT)]])
  const [data, ancillary] = await server.recvmsg(100, 100)
  const [level, type, value] = ancillary[0]!
  assert.deepEqual([level, type, tlsRecordType.decode(value)], [SOL_TLS, TLS_GET_RECORD_TYPE, ALERT])
  assert.deepEqual([...data], [1, 0])
})
