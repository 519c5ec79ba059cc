import { exportJWK, importJWK, importPKCS8 } from 'jose'
import { keyAlgorithm } from '../keys/key-algorithm.ts'
import { importSecret } from '../keys/import-secret.ts'
import { readPublicJwk } from '../keys/public-jwk.ts'
import { DER_SEQUENCE, readDer } from '../keys/read-der.ts'
import { readPem, writePem } from '../keys/read-pem.ts'
import type { AsymmetricAlgorithm, SessionAlgorithm } from '../presets/session-preset.ts'

export interface SigningKey {
  readonly algorithm: SessionAlgorithm
  readonly key: CryptoKey
  readonly kid?: string | undefined
}

/** Exactly one of `secret` and `privateKey`. */
export interface SigningOptions {
  readonly secret?: string | Uint8Array | undefined
  readonly privateKey?: string | JsonWebKey | undefined
  readonly kid?: string | undefined
}

const LABEL = 'PRIVATE KEY'
const MIN_RSA_BITS = 2048
const MAX_RSA_BITS = 8192

/**
 * Makes the key to sign with: HS256 for a secret; RS256, ES256, ES384 or EdDSA for a private key, whichever it is for.
 * @throws TypeError that says what is wrong with the key and never shows any of it.
 */
export async function signingKey({ secret, privateKey, kid }: SigningOptions): Promise<SigningKey> {
  if ((secret === undefined) === (privateKey === undefined)) throw wrong('expected either `secret` or `privateKey`')
  if (secret !== undefined) return { algorithm: 'HS256', key: await importSecret(secret, 'sign'), kid }
  const made = typeof privateKey === 'string' ? await fromPem(privateKey) : await fromJwk({ ...privateKey })
  refuseWeakRsa(made.key)
  return { ...made, kid: kid ?? made.kid }
}

/** The public half of a private key, with its algorithm. @throws TypeError as {@link signingKey} */
export async function publicPartOf(privateKey: string | JsonWebKey): Promise<JsonWebKey> {
  const { algorithm } = await signingKey({ privateKey })
  const extractable = typeof privateKey === 'string' ? await exportJWK(await importPKCS8(privateKey.trim().replaceAll('\\n', '\n'), algorithm, { extractable: true })) : privateKey
  const { kty, crv, x, y, n, e } = extractable
  const members = Object.entries({ kty, crv, x, y, n, e, alg: algorithm }).filter(([, value]) => value !== undefined)
  return Object.fromEntries(members)
}

async function fromPem(text: string): Promise<SigningKey> {
  const block = readPem(text)
  if (!block) throw wrong(`\`privateKey\` is not PEM; expected -----BEGIN ${LABEL}-----`)
  if (block.label !== LABEL) {
    throw wrong(`\`privateKey\` is a ${block.label}, expected a ${LABEL}; convert it with \`openssl pkcs8 -topk8 -nocrypt\``)
  }
  const algorithm = algorithmOf(block.bytes)
  if (!algorithm) throw wrong('`privateKey` is damaged, or of a kind we do not sign with; use RSA, P-256, P-384 or Ed25519')
  return { algorithm, key: await imported(() => importPKCS8(writePem(block), algorithm)) }
}

/** PKCS #8 (RFC 5958): a sequence of version, algorithm and key. */
function algorithmOf(bytes: Uint8Array): AsymmetricAlgorithm | undefined {
  try {
    const [outer] = readDer(bytes)
    const [, identifier] = outer?.tag === DER_SEQUENCE ? readDer(outer.content) : []
    return identifier && keyAlgorithm(identifier)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

async function fromJwk({ key_ops: _signs, d, p, q, dp, dq, qi, ...publicPart }: JsonWebKey): Promise<SigningKey> {
  if (typeof d !== 'string') throw wrong('`privateKey` is a JWK without its private member d')
  const reading = readPublicJwk(publicPart)
  if ('problem' in reading) throw wrong(`\`privateKey\` ${reading.problem}`)
  // Only members that are there: the import tells an absent member from one that is undefined.
  const secretPart = Object.fromEntries(Object.entries({ d, p, q, dp, dq, qi }).filter(([, value]) => value !== undefined))
  const key = await imported(() => importJWK({ ...reading.jwk, ...secretPart }, reading.algorithm))
  if (key instanceof Uint8Array) throw wrong('`privateKey` is a shared secret; give it as `secret`')
  return { algorithm: reading.algorithm, key, kid: reading.kid }
}

async function imported<T>(make: () => Promise<T>): Promise<T> {
  try {
    return await make()
  } catch {
    // The cause is dropped: a runtime may quote the key in it.
    throw wrong('`privateKey` was refused by the runtime; is it complete?')
  }
}

function refuseWeakRsa({ algorithm }: CryptoKey): void {
  const bits = 'modulusLength' in algorithm ? algorithm.modulusLength : undefined
  if (typeof bits !== 'number' || (bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS)) return
  throw wrong(`\`privateKey\` is an RSA key of ${bits} bits; use ${MIN_RSA_BITS} to ${MAX_RSA_BITS}`)
}

function wrong(problem: string): TypeError {
  return new TypeError(`mintSession: ${problem}`)
}
