import { verifyToken } from '@clerk/backend'
import { CognitoJwtVerifier } from 'aws-jwt-verify'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { forgeToken, withClaims } from '../support/forge-token.ts'
import { NOW } from '../support/moment.ts'
import { PROVIDERS } from '../support/providers.ts'
import type { KeySigner } from '../support/signers.ts'

function signerOf(name: string): KeySigner {
  const provider = PROVIDERS.find((each) => each.name === name)
  if (!provider?.key) throw new Error(`${name} has no key`)
  return { ...provider.key, ...provider.signer }
}

// They read the system's clock.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }))
afterEach(() => void vi.useRealTimers())

describe("the tokens that stand for a provider's in these tests pass that provider's own verifier", () => {
  it('Clerk: @clerk/backend', async () => {
    const signer = signerOf('clerk')
    const options = { jwtKey: signer.publicPem, authorizedParties: ['https://app.example.com'] }
    await expect(verifyToken(forgeToken(signer), options)).resolves.toMatchObject({ sub: 'ada', sid: 'sess_2a', sts: 'active' })
    await expect(verifyToken(withClaims(signer, { azp: 'https://evil.example' }), options)).rejects.toThrow(/azp/)
  })

  it.each(['id', 'access'] as const)('Cognito: aws-jwt-verify, the %s token', async (tokenUse) => {
    const signer = signerOf(tokenUse === 'id' ? 'cognito' : 'cognito, access token')
    const verifier = CognitoJwtVerifier.create({ userPoolId: 'eu-west-1_AbCdEfGhI', clientId: '4l9examplel0client', tokenUse })
    verifier.cacheJwks({ keys: [{ kty: 'RSA', n: signer.publicJwk.n ?? '', e: signer.publicJwk.e ?? '', kid: signer.kid, alg: 'RS256', use: 'sig' }] })
    expect(verifier.verifySync(forgeToken(signer))).toMatchObject({ sub: 'ada', token_use: tokenUse })
    expect(() => verifier.verifySync(withClaims(signer, { token_use: 'other' }))).toThrow(/use/)
  })
})
