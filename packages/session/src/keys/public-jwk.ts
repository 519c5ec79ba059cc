import { base64url, importJWK } from 'jose'
import type { JWK } from 'jose'
import { describeValue } from '../options/describe-value.ts'
import { isKeyId } from '../options/text-rules.ts'
import type { AsymmetricAlgorithm } from '../presets/session-preset.ts'
import { CURVES, isCurve } from './curves.ts'
import type { Curve } from './curves.ts'
import { rsaProblem } from './rsa-strength.ts'

/** A public key that may verify tokens: strong enough, for signatures, and for one algorithm. */
export interface PublicKey {
  readonly algorithm: AsymmetricAlgorithm
  readonly kid: string | undefined
  /** The public members alone. */
  readonly jwk: JWK
}

/** `problem` completes a sentence that starts with the key: 'is an RSA key of 1024 bits; …'. */
export type KeyReading = PublicKey | { readonly problem: string }

type Members = Readonly<Record<string, unknown>>
type KeyMaterial = Pick<PublicKey, 'algorithm' | 'jwk'> | { readonly problem: string }

const ED25519_BYTES = 32
const BASE64URL = /^[A-Za-z0-9_-]+$/

/** Reads a JWK of unknown origin. Nothing is imported yet: whether an EC point is on its curve is seen at import. */
export function readPublicJwk(value: unknown): KeyReading {
  if (!isMembers(value)) return { problem: 'is not a JWK object' }
  const problem = purposeProblem(value)
  if (problem) return { problem }
  const material = readMaterial(value)
  if ('problem' in material) return material
  if (!isAlgorithmOf(value.alg, material.algorithm)) {
    return { problem: `is for ${describeValue(value.alg)}; this kind of key serves ${material.algorithm} here` }
  }
  return { ...material, kid: isKeyId(value.kid) ? value.kid : undefined }
}

/** Makes the runtime's key. Rejects when the runtime finds the key malformed. */
export async function importPublicKey({ jwk, algorithm }: PublicKey): Promise<CryptoKey> {
  const key = await importJWK(jwk, algorithm)
  if (key instanceof Uint8Array) throw new TypeError('expected a public key')
  return key
}

function purposeProblem(jwk: Members): string | undefined {
  if ('d' in jwk) return 'is a private key; give the public one, and replace this one if it was published'
  if (jwk.use !== undefined && jwk.use !== 'sig') return `is for ${describeValue(jwk.use)}, not for signatures`
  const { key_ops: uses } = jwk
  if (uses !== undefined && !(Array.isArray(uses) && uses.includes('verify'))) return 'may not be used to verify (key_ops)'
  if (jwk.kid !== undefined && !isKeyId(jwk.kid)) return 'has a kid that is not 1 to 256 printable ASCII characters'
  return undefined
}

function readMaterial(jwk: Members): KeyMaterial {
  if (jwk.kty === 'RSA') return readRsa(jwk)
  if (jwk.kty === 'EC' && isCurve(jwk.crv)) return readPoint(jwk.crv, jwk)
  if (jwk.kty === 'OKP' && jwk.crv === 'Ed25519') return readEd25519(jwk)
  if (jwk.kty === 'oct') return { problem: 'is a shared secret, not a public key' }
  return { problem: `is of a kind we do not verify with: kty ${describeValue(jwk.kty)}, crv ${describeValue(jwk.crv)}` }
}

function readRsa({ n, e }: Members): KeyMaterial {
  const [modulus, exponent] = [memberBytes(n), memberBytes(e)]
  const isKey = modulus !== undefined && exponent !== undefined
  if (!isKey || typeof n !== 'string' || typeof e !== 'string') return { problem: 'is an RSA key without n and e' }
  const problem = rsaProblem(modulus, exponent)
  return problem ? { problem } : { algorithm: 'RS256', jwk: { kty: 'RSA', n, e } }
}

function readPoint(crv: Curve, { x, y }: Members): KeyMaterial {
  const { algorithm, bytes } = CURVES[crv]
  const isPoint = memberBytes(x)?.length === bytes && memberBytes(y)?.length === bytes
  if (!isPoint || typeof x !== 'string' || typeof y !== 'string') return { problem: `is a ${crv} key without x and y of ${bytes} bytes` }
  return { algorithm, jwk: { kty: 'EC', crv, x, y } }
}

function readEd25519({ x }: Members): KeyMaterial {
  const isKey = memberBytes(x)?.length === ED25519_BYTES
  if (!isKey || typeof x !== 'string') return { problem: 'is an Ed25519 key without x of 32 bytes' }
  return { algorithm: 'EdDSA', jwk: { kty: 'OKP', crv: 'Ed25519', x } }
}

/** RFC 9864 renames EdDSA over this curve to Ed25519; a key may already carry the new name. */
function isAlgorithmOf(said: unknown, algorithm: AsymmetricAlgorithm): boolean {
  return said === undefined || said === algorithm || (said === 'Ed25519' && algorithm === 'EdDSA')
}

function memberBytes(value: unknown): Uint8Array | undefined {
  const isDecodable = typeof value === 'string' && BASE64URL.test(value) && value.length % 4 !== 1
  return isDecodable ? base64url.decode(value) : undefined
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
