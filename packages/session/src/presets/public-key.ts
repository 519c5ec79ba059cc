import { once } from '../keys/once.ts'
import { importPublicKey, readPublicJwk } from '../keys/public-jwk.ts'
import type { PublicKey } from '../keys/public-jwk.ts'
import { jwkFromPem } from '../keys/jwk-from-pem.ts'
import { checkOptions, refuseProblems } from '../options/check-options.ts'
import { buildPreset } from './build-preset.ts'
import { ALGORITHMS, PRESET_RULES } from './preset-options.ts'
import type { PresetOptions } from './preset-options.ts'
import type { AsymmetricAlgorithm, SessionPreset } from './session-preset.ts'

export interface PublicKeyOptions extends PresetOptions {
  /** The key as PEM, `-----BEGIN PUBLIC KEY-----`; line ends may be written `\n`. Either this or `jwk`. */
  pem?: string
  /** The key as JWK: RSA of 2048 to 8192 bits, EC on P-256 or P-384, or OKP on Ed25519. Either this or `pem`. */
  jwk?: JsonWebKey
  /** Must name the algorithm that the key is for. Default: that algorithm. */
  algorithms?: readonly AsymmetricAlgorithm[]
  /** The exact `iss`. Without it, any issuer is accepted, since the key already says who signed. */
  issuer?: string
}

const RULES = {
  ...PRESET_RULES,
  algorithms: ALGORITHMS,
  pem: { expected: 'a public key in PEM form', accepts: (value: unknown) => typeof value === 'string', secret: true },
  jwk: {
    expected: 'a public key as a JWK object',
    accepts: (value: unknown) => typeof value === 'object' && value !== null,
    secret: true,
  },
} as const

/**
 * Sessions signed with one private key, whose public half is given here. A header's `kid` is ignored.
 * @throws TypeError that names each wrong option; also for a private key, which has no place on the verifying side.
 */
export function publicKey(options: PublicKeyOptions): SessionPreset {
  checkOptions('publicKey', options, RULES)
  const key = readKey(options)
  checkAlgorithms(options.algorithms, key.algorithm)
  return buildPreset(options, {
    name: 'publicKey',
    keySource: `one ${key.algorithm} public key`,
    issuers: [options.issuer ?? []].flat(),
    algorithms: [key.algorithm],
    proof: { form: 'signed', findKey: once(() => importKey(key)) },
  })
}

function readKey({ pem, jwk }: PublicKeyOptions): PublicKey {
  if ((pem === undefined) === (jwk === undefined)) refuseProblems('publicKey', ['expected either `pem` or `jwk`'])
  const option = pem === undefined ? 'jwk' : 'pem'
  const found = pem === undefined ? { jwk } : jwkFromPem(pem)
  const read = 'problem' in found ? found : readPublicJwk(found.jwk)
  if ('problem' in read) throw new TypeError(`publicKey: \`${option}\` ${read.problem}`)
  return read
}

function checkAlgorithms(configured: readonly AsymmetricAlgorithm[] | undefined, algorithm: AsymmetricAlgorithm): void {
  if (configured === undefined || configured.includes(algorithm)) return
  refuseProblems('publicKey', [`\`algorithms\` must name ${algorithm}, which the key is for, got ${configured.join(', ')}`])
}

async function importKey(key: PublicKey): Promise<CryptoKey> {
  try {
    return await importPublicKey(key)
  } catch (cause) {
    throw new TypeError(`publicKey: the runtime refuses this ${key.algorithm} key (is it a point on the curve?)`, { cause })
  }
}
