import { createCipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/** How one version of Auth.js encrypts its session cookie. */
export interface AuthjsScheme {
  readonly version: 4 | 5
  readonly secret: string
  readonly cookie: string
}

export type WriteToken = (header: Buffer, payload: Buffer) => string

/** Writes the cookie as Auth.js does, with node:crypto alone; also with any header, to make bad ones. */
export function authjsWriter({ version, secret, cookie }: AuthjsScheme): WriteToken {
  const key = authjsKey({ version, secret, cookie })
  return (header, payload) => {
    const aad = header.toString('base64url')
    const { vector, ciphertext, tag } = version === 5 ? cbcHmac(key, aad, payload) : gcm(key, aad, payload)
    return [aad, '', vector.toString('base64url'), ciphertext.toString('base64url'), tag.toString('base64url')].join('.')
  }
}

/** RFC 5869 over SHA-256; version 5 binds the key to the name of the cookie. */
export function authjsKey({ version, secret, cookie }: AuthjsScheme): Buffer {
  if (version === 4) return Buffer.from(hkdfSync('sha256', secret, '', 'NextAuth.js Generated Encryption Key', 32))
  return Buffer.from(hkdfSync('sha256', secret, cookie, `Auth.js Generated Encryption Key (${cookie})`, 64))
}

interface Sealed {
  vector: Buffer
  ciphertext: Buffer
  tag: Buffer
}

/** A256CBC-HS512 (RFC 7518, 5.2.5): the first half of the key makes the tag, the second encrypts. */
function cbcHmac(key: Buffer, aad: string, payload: Buffer): Sealed {
  const vector = randomBytes(16)
  const cipher = createCipheriv('aes-256-cbc', key.subarray(32), vector)
  const ciphertext = Buffer.concat([cipher.update(payload), cipher.final()])
  const bits = Buffer.alloc(8)
  bits.writeBigUInt64BE(BigInt(aad.length * 8))
  const mac = createHmac('sha512', key.subarray(0, 32)).update(aad).update(vector).update(ciphertext).update(bits).digest()
  return { vector, ciphertext, tag: mac.subarray(0, 32) }
}

/** A256GCM (RFC 7518, 5.3). */
function gcm(key: Buffer, aad: string, payload: Buffer): Sealed {
  const vector = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, vector).setAAD(Buffer.from(aad))
  const ciphertext = Buffer.concat([cipher.update(payload), cipher.final()])
  return { vector, ciphertext, tag: cipher.getAuthTag() }
}
