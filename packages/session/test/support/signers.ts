import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** Signs with node:crypto alone, so that our verification is judged by another implementation. */
export interface Signer {
  readonly alg: string
  readonly kid: string
  readonly signBytes: (bytes: Buffer) => Buffer
  /** What a good token of this signer's says, where that is not what most say. */
  readonly good?: GoodToken
  /** Makes a token of header and payload, where it is not a signed one. */
  readonly write?: (header: Buffer, payload: Buffer) => string
}

export interface GoodToken {
  readonly header?: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
}

export interface KeySigner extends Signer {
  readonly publicPem: string
  readonly privatePem: string
  readonly publicJwk: JsonWebKey & { kid: string }
  readonly privateJwk: JsonWebKey
}

export interface SecretSigner extends Signer {
  readonly secret: string
}

export function secretSigner(secret: string = randomBytes(32).toString('base64')): SecretSigner {
  return { alg: 'HS256', kid: 's1', secret, signBytes: (bytes) => createHmac('sha256', secret).update(bytes).digest() }
}

export function rsaSigner(kid = 'r1', modulusLength = 2048): KeySigner {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength })
  return keySigner({ alg: 'RS256', kid, publicKey, privateKey }, (bytes) => sign('sha256', bytes, privateKey))
}

export function ecSigner(kid = 'e1', namedCurve: 'P-256' | 'P-384' = 'P-256'): KeySigner {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve })
  const [alg, hash] = namedCurve === 'P-256' ? ['ES256', 'sha256'] : ['ES384', 'sha384']
  return keySigner({ alg, kid, publicKey, privateKey }, (bytes) => sign(hash, bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' }))
}

export function edSigner(kid = 'd1'): KeySigner {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return keySigner({ alg: 'EdDSA', kid, publicKey, privateKey }, (bytes) => sign(null, bytes, privateKey))
}

interface Pair {
  alg: string
  kid: string
  publicKey: KeyObject
  privateKey: KeyObject
}

function keySigner({ alg, kid, publicKey, privateKey }: Pair, signBytes: Signer['signBytes']): KeySigner {
  return {
    alg,
    kid,
    signBytes,
    publicPem: String(publicKey.export({ type: 'spki', format: 'pem' })),
    privatePem: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    publicJwk: { ...publicKey.export({ format: 'jwk' }), kid },
    privateJwk: privateKey.export({ format: 'jwk' }),
  }
}
