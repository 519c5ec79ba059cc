import type { AsymmetricAlgorithm } from '../presets/session-preset.ts'
import { DER_SEQUENCE } from './read-der.ts'
import type { DerElement } from './read-der.ts'

// The whole content of an AlgorithmIdentifier in hex: RFC 8017 A.1, RFC 5480 2.1.1, RFC 8410 3. Whole, because DER
// leaves one way to write each: RSA with NULL, the curve by name, Ed25519 with nothing.
const ALGORITHMS: Readonly<Record<string, AsymmetricAlgorithm>> = {
  '06092a864886f70d0101010500': 'RS256',
  '06072a8648ce3d020106082a8648ce3d030107': 'ES256',
  '06072a8648ce3d020106052b81040022': 'ES384',
  '06032b6570': 'EdDSA',
}

/**
 * The algorithm that a key in DER is for, from the AlgorithmIdentifier that opens both public and private keys.
 * @returns undefined for kinds we do not use: RSA bound to PSS, other curves, X25519, …
 */
export function keyAlgorithm({ tag, content }: DerElement): AsymmetricAlgorithm | undefined {
  return tag === DER_SEQUENCE ? ALGORITHMS[toHex(content)] : undefined
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
