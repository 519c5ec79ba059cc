import { jwks } from '@trackline/session'
import { requireSession } from '@trackline/session/hono'
import { Hono } from 'hono'
import { expect, it } from 'vitest'
import { forgeToken, goodClaims } from '../support/forge-token.ts'
import { ISSUER } from '../support/moment.ts'
import { serveKeys } from '../support/serve-keys.ts'
import { ecSigner } from '../support/signers.ts'

const signedBy = (signer: ReturnType<typeof ecSigner>) => {
  const seconds = Math.floor(Date.now() / 1_000)
  return forgeToken(signer, { payload: { ...goodClaims(), iat: seconds, exp: seconds + 60 } })
}

it('a key that is too new to be known is refused with the seconds after which it may be known', async () => {
  const [known, added] = [ecSigner('known'), ecSigner('added')]
  await using server = await serveKeys([known.publicJwk])
  const app = new Hono()
  app.use(requireSession(jwks({ url: server.url, issuer: ISSUER })))
  app.get('/', (context) => context.text('in'))
  const ask = (token: string) => app.request('/', { headers: { authorization: `Bearer ${token}` } })
  expect((await ask(signedBy(known))).status).toBe(200)
  const refused = await ask(signedBy(added))
  expect([refused.status, await refused.json()]).toEqual([401, { code: 'SESSION_INVALID' }])
  expect(Number(refused.headers.get('retry-after'))).toSatisfy((seconds: number) => seconds > 0 && seconds <= 30)
})
