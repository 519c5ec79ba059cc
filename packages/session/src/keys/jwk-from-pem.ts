import { base64url } from 'jose'
import type { AsymmetricAlgorithm } from '../presets/session-preset.ts'
import { CURVES } from './curves.ts'
import type { Curve } from './curves.ts'
import { keyAlgorithm } from './key-algorithm.ts'
import { DER_BIT_STRING, DER_INTEGER, DER_SEQUENCE, readDer } from './read-der.ts'
import type { DerElement } from './read-der.ts'
import { readPem } from './read-pem.ts'

export type PemReading = { readonly jwk: JsonWebKey } | { readonly problem: string }

const LABEL = 'PUBLIC KEY'
const UNCOMPRESSED_POINT = 0x04
const REMEDIES: Readonly<Record<string, string>> = {
  CERTIFICATE: 'is a certificate; take its key with `openssl x509 -in cert.pem -pubkey -noout`',
  'RSA PUBLIC KEY': 'is in the older RSA form; convert it with `openssl rsa -RSAPublicKey_in -in key.pem -pubout`',
}

/** Reads a PEM public key (SubjectPublicKeyInfo, RFC 5280) at once, so that a wrong key stops the start. */
export function jwkFromPem(pem: string): PemReading {
  const block = readPem(pem)
  if (!block) return { problem: `is not PEM; expected -----BEGIN ${LABEL}-----` }
  if (block.label.endsWith('PRIVATE KEY')) return { problem: 'is a private key; give the public one (`openssl pkey -pubout`)' }
  if (block.label !== LABEL) return { problem: REMEDIES[block.label] ?? `is a ${block.label}; expected a ${LABEL}` }
  try {
    return readKeyInfo(block.bytes)
  } catch (error) {
    if (error instanceof RangeError) return { problem: `is damaged: ${error.message}` }
    throw error
  }
}

function readKeyInfo(bytes: Uint8Array): PemReading {
  const [identifier, key, ...more] = readDer(only(readDer(bytes), DER_SEQUENCE).content)
  const algorithm = identifier && keyAlgorithm(identifier)
  if (!algorithm) return { problem: 'is of a kind we do not verify with; use RSA, P-256, P-384 or Ed25519' }
  // The first byte of a BIT STRING counts unused bits, which a key never has.
  if (key?.tag !== DER_BIT_STRING || key.content[0] !== 0 || more.length > 0) throw new RangeError('it holds no key')
  return { jwk: READERS[algorithm](key.content.subarray(1)) }
}

const READERS: Readonly<Record<AsymmetricAlgorithm, (key: Uint8Array) => JsonWebKey>> = {
  RS256: (key) => {
    const [modulus, exponent, ...more] = readDer(only(readDer(key), DER_SEQUENCE).content)
    if (more.length > 0) throw new RangeError('it holds more than one key')
    return { kty: 'RSA', n: unsigned(modulus), e: unsigned(exponent) }
  },
  ES256: (key) => pointOn('P-256', key),
  ES384: (key) => pointOn('P-384', key),
  EdDSA: (key) => ({ kty: 'OKP', crv: 'Ed25519', x: base64url.encode(key) }),
}

function pointOn(crv: Curve, key: Uint8Array): JsonWebKey {
  const { bytes } = CURVES[crv]
  const isPoint = key[0] === UNCOMPRESSED_POINT && key.length === 1 + 2 * bytes
  if (!isPoint) throw new RangeError('its point is not in uncompressed form')
  const [x, y] = [key.subarray(1, 1 + bytes), key.subarray(1 + bytes)]
  return { kty: 'EC', crv, x: base64url.encode(x), y: base64url.encode(y) }
}

/** DER puts a zero byte before a positive number whose top bit is set; a JWK does not. */
function unsigned(element: DerElement | undefined): string {
  if (element?.tag !== DER_INTEGER || element.content.length === 0) throw new RangeError('it holds no number where one belongs')
  const start = element.content.findIndex((byte) => byte !== 0)
  return base64url.encode(element.content.subarray(Math.max(start, 0)))
}

function only(elements: readonly DerElement[], tag: number): DerElement {
  const [first, ...more] = elements
  if (first?.tag !== tag || more.length > 0) throw new RangeError('it is not one sequence')
  return first
}
