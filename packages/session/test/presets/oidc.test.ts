import { describe, expect, it } from 'vitest'
import { oidc, verifySession } from '../../src/index.ts'
import { forgeToken, withClaims } from '../support/forge-token.ts'
import { after, AUDIENCE, ISSUER } from '../support/moment.ts'
import { refusalOf } from '../support/refusal-of.ts'
import { serveProvider } from '../support/serve-provider.ts'
import type { Published } from '../support/serve-provider.ts'
import { ecSigner } from '../support/signers.ts'

const signer = ecSigner()
const DISCOVERY = 'https://id.example.com/.well-known/openid-configuration'
const KEYS = 'https://keys.example.com/jwks'
const published = (discovery: unknown): Published => ({ [DISCOVERY]: discovery, [KEYS]: [signer.publicJwk] })

async function attemptWith(documents: Published) {
  const served = await serveProvider(documents)
  const preset = oidc({ issuer: ISSUER, audience: AUDIENCE, fetch: served.fetch })
  const attempt = () => verifySession(forgeToken(signer), preset, { now: after(0) })
  return { served, attempt, [Symbol.asyncDispose]: served.server.close }
}

describe('oidc', () => {
  it('finds the keys by way of the discovery document', async () => {
    await using stage = await attemptWith(published({ issuer: ISSUER, jwks_uri: KEYS }))
    await expect(stage.attempt()).resolves.toMatchObject({ subject: 'ada', issuer: ISSUER })
    expect(stage.served.asked).toEqual([DISCOVERY, KEYS])
  })

  it.each<[string, unknown, string]>([
    [
      'of another issuer',
      { issuer: 'https://evil.example/', jwks_uri: KEYS },
      "expected 'https://id.example.com/', got 'https://evil.example/'",
    ],
    ['of the issuer without its slash', { issuer: 'https://id.example.com', jwks_uri: KEYS }, "got 'https://id.example.com'"],
    ['without issuer', { jwks_uri: KEYS }, 'got undefined'],
    ['without jwks_uri', { issuer: ISSUER }, 'no `jwks_uri` that is an https address, got undefined'],
    ['with keys over http', { issuer: ISSUER, jwks_uri: 'http://keys.example.com/jwks' }, 'no `jwks_uri`'],
    ['with keys on our own machine', { issuer: ISSUER, jwks_uri: 'http://127.0.0.1:9/jwks' }, 'no `jwks_uri`'],
    ['with keys in a file', { issuer: ISSUER, jwks_uri: 'file:///etc/passwd' }, 'no `jwks_uri`'],
    ['that is null', null, 'got undefined'],
    [
      'that is not there',
      undefined,
      `the discovery document at ${DISCOVERY} could not be loaded: expected status 200, got 404`,
    ],
    [
      'of more than 256 KiB',
      { issuer: ISSUER, jwks_uri: KEYS, filler: 'x'.repeat(262_144) },
      'the answer is larger than 262144 bytes',
    ],
  ])('says why a discovery document %s gives no keys, and loads none', async (_, discovery, message) => {
    await using stage = await attemptWith(published(discovery))
    const refusal = await refusalOf(stage.attempt())
    expect(refusal).toMatchObject({ code: 'SESSION_KEYS_UNAVAILABLE', where: DISCOVERY })
    expect(String(refusal.cause)).toContain(message)
    expect(stage.served.asked).toEqual([DISCOVERY])
  })

  it('keeps the slash of the issuer, and asks for the document without doubling it', async () => {
    const issuer = 'https://id.example.com/realms/a'
    await using served = await serveProvider({
      [`${issuer}/.well-known/openid-configuration`]: { issuer, jwks_uri: KEYS },
      [KEYS]: [signer.publicJwk],
    })
    const preset = oidc({ issuer, audience: AUDIENCE, fetch: served.fetch })
    await expect(verifySession(withClaims(signer, { iss: issuer }), preset, { now: after(0) })).resolves.toMatchObject({ issuer })
  })
})
