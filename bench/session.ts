import { mintSession } from '@trackline/session'

const LASTS = '1h'

/** Whoever signs in at the site of a benchmark: the key that their tokens are verified with, and a token of each of so many people. */
export interface Sessions {
  /** As PEM. */
  publicKey: string
  tokens: string[]
}

/** Every side is given the same key and is sent the same tokens: ES256, with an email, an issuer and an audience. */
export async function signIn(people: number): Promise<Sessions> {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  const privateKey = await crypto.subtle.exportKey('jwk', keys.privateKey)
  const spki = Buffer.from(await crypto.subtle.exportKey('spki', keys.publicKey)).toString('base64')
  const tokens = Array.from({ length: people }, (_, index) =>
    mintSession({ sub: `person${index}`, email: `person${index}@example.com`, privateKey, issuer: 'app', audience: 'trackline', ttl: LASTS }))
  return { publicKey: `-----BEGIN PUBLIC KEY-----\n${spki}\n-----END PUBLIC KEY-----\n`, tokens: await Promise.all(tokens) }
}
