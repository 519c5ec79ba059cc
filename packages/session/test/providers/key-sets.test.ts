import { expect, it } from 'vitest'
import { verifySession } from '../../src/index.ts'
import type { SessionReason } from '../../src/index.ts'
import { eachProvider } from '../support/each-provider.ts'
import { forgeToken, inPlaceOf, withHeader } from '../support/forge-token.ts'
import { after, NOW_SECONDS } from '../support/moment.ts'
import type { Provider } from '../support/providers.ts'
import { refusalOf } from '../support/refusal-of.ts'
import { reply } from '../support/serve-keys.ts'
import { serveProvider } from '../support/serve-provider.ts'
import { ecSigner, edSigner, rsaSigner, secretSigner } from '../support/signers.ts'
import type { KeySigner } from '../support/signers.ts'

const OTHERS: Readonly<Record<string, KeySigner>> = { RS256: rsaSigner('k2'), ES256: ecSigner('k2'), EdDSA: edSigner('k2') }
const weak = rsaSigner('weak', 1024)
const secret = secretSigner()
const HOUR = 3600

interface SetCase {
  readonly number: number
  readonly name: string
  readonly keys: (key: KeySigner, other: KeySigner) => object[]
  readonly token?: (provider: Provider) => string
  readonly reason: SessionReason
  readonly on?: (key: KeySigner) => boolean
}

const isRsa = ({ alg }: KeySigner) => alg === 'RS256'
const good = ({ signer }: Provider) => forgeToken(signer)

// A second, good key keeps each set usable, so that the refusal is about the key in question.
const CASES: readonly SetCase[] = [
  {
    number: 74,
    name: 'no kid and two keys that fit',
    keys: (key, other) => [key.publicJwk, other.publicJwk],
    token: ({ signer }) => withHeader(signer, { kid: undefined }),
    reason: 'kid_missing',
  },
  {
    number: 86,
    name: 'a key for encryption',
    keys: (key, other) => [{ ...key.publicJwk, use: 'enc' }, other.publicJwk],
    reason: 'unknown_kid',
  },
  {
    number: 86,
    name: 'a key for another algorithm',
    keys: (key, other) => [{ ...key.publicJwk, alg: 'PS256' }, other.publicJwk],
    reason: 'unknown_kid',
  },
  { number: 87, name: 'a key that is not published', keys: (_, other) => [other.publicJwk], reason: 'unknown_kid' },
  {
    number: 89,
    name: 'an RSA key of 1024 bits',
    keys: (key) => [weak.publicJwk, key.publicJwk],
    token: ({ signer }) => forgeToken(inPlaceOf(signer, weak)),
    on: isRsa,
    reason: 'unknown_kid',
  },
  {
    number: 90,
    name: 'an RSA key with e = 1',
    keys: (key, other) => [{ ...key.publicJwk, e: 'AQ' }, other.publicJwk],
    on: isRsa,
    reason: 'unknown_kid',
  },
  {
    number: 92,
    name: 'a shared secret in the set',
    keys: (key) => [{ kty: 'oct', kid: secret.kid, k: Buffer.from(secret.secret).toString('base64url') }, key.publicJwk],
    token: ({ signer }) => forgeToken(inPlaceOf(signer, secret)),
    reason: 'alg_not_allowed',
  },
  {
    number: 92,
    name: 'a private key in the set',
    keys: (key, other) => [{ ...key.privateJwk, kid: key.kid }, other.publicJwk],
    reason: 'unknown_kid',
  },
  {
    number: 93,
    name: 'one kid for two keys',
    keys: (key, other) => [key.publicJwk, { ...other.publicJwk, kid: key.kid }],
    reason: 'kid_ambiguous',
  },
]

eachProvider(({ key }) => key !== undefined, (provider) => {
  const key = provider.key as KeySigner // those without a key were filtered out
  const other = OTHERS[key.alg] as KeySigner // one for each algorithm that a provider signs with
  const withKeys = (keys: object[]) => {
    const { published = {} } = provider
    const withThem = Object.entries(published).map(([address, said]) => [address, Array.isArray(said) ? keys : said])
    return serveProvider(Object.fromEntries(withThem))
  }
  const cases = CASES.filter(({ on = () => true }) => on(key))

  it.each(cases)(`bad token $number ($name) × ${provider.name}`, async ({ keys, token = good, reason }) => {
    await using served = await withKeys(keys(key, other))
    const refusal = await refusalOf(verifySession(token(provider), provider.preset(served.fetch), { now: after(0) }))
    expect({ code: refusal.code, reason: refusal.reason }).toEqual({ code: 'SESSION_INVALID', reason })
  })

  it(`bad token 88 (an old key during an outage) × ${provider.name}: good for 24 hours, then keys unavailable`, async () => {
    await using served = await withKeys([key.publicJwk])
    const preset = provider.preset(served.fetch)
    const at = (seconds: number) => {
      const claims = { ...provider.signer.good?.claims, iat: NOW_SECONDS + seconds - 10, exp: NOW_SECONDS + seconds + 300 }
      return verifySession(forgeToken(provider.signer, { payload: claims }), preset, { now: after(seconds) })
    }
    await at(0)
    served.server.answer = reply(500)
    for (const hours of [1, 24]) await expect(at(hours * HOUR)).resolves.toMatchObject({ subject: 'ada' })
    expect(await refusalOf(at(24 * HOUR + 1))).toMatchObject({ code: 'SESSION_KEYS_UNAVAILABLE' })
  })
})
