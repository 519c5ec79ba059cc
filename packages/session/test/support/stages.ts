import { jwks, publicKey, sharedSecret } from '../../src/index.ts'
import type { SessionPreset } from '../../src/index.ts'
import { AUDIENCE, ISSUER } from './moment.ts'
import { serveKeys } from './serve-keys.ts'
import type { KeyServer } from './serve-keys.ts'
import { ecSigner, edSigner, rsaSigner, secretSigner } from './signers.ts'
import type { KeySigner, Signer } from './signers.ts'

/** One family of presets together with who signs its tokens. */
export interface Stage {
  readonly name: string
  readonly preset: SessionPreset
  readonly signer: Signer
  /** Undefined for a shared secret. */
  readonly key?: KeySigner
  /** Whom the good token is for. Default 'ada'. */
  readonly subject?: string
  /** How many requests its issuer has had so far; undefined where the issuer is asked about each token. */
  readonly hits?: () => number
}

const common = { issuer: ISSUER, audience: AUDIENCE, cookie: 'session' }
const secret = secretSigner()
const rsa = rsaSigner()
const ec = ecSigner()
const ec384 = ecSigner('e2', 'P-384')
const ed = edSigner()

export const STAGES: readonly Stage[] = [
  { name: 'sharedSecret, HS256', preset: sharedSecret({ secret: secret.secret, ...common }), signer: secret },
  { name: 'publicKey as PEM, RS256', preset: publicKey({ pem: rsa.publicPem, ...common }), signer: rsa, key: rsa },
  { name: 'publicKey as JWK, ES256', preset: publicKey({ jwk: ec.publicJwk, ...common }), signer: ec, key: ec },
  { name: 'publicKey as PEM, ES384', preset: publicKey({ pem: ec384.publicPem, ...common }), signer: ec384, key: ec384 },
  { name: 'publicKey as PEM, EdDSA', preset: publicKey({ pem: ed.publicPem, ...common }), signer: ed, key: ed },
]

export interface KeySetStages {
  readonly stages: readonly Stage[]
  readonly server: KeyServer
}

/** The same public keys, published by a server that the caller closes. */
export async function keySetStages(): Promise<KeySetStages> {
  const server = await serveKeys([rsa.publicJwk, ec.publicJwk, ed.publicJwk])
  const preset = jwks({ url: server.url, ...common })
  const stages = [rsa, ec, ed].map((key) => ({ name: `jwks, ${key.alg}`, preset, signer: key, key }))
  return { stages, server }
}
