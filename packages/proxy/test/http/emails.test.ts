import { authjs, mintSession, sharedSecret } from '@trackline/session'
import { afterEach, expect, it } from 'vitest'
import { claim } from '../../src/identity/email-source.ts'
import { SECRET, startStack } from '../stage/start-stack.ts'
import type { Stack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'

let stack: Stack | undefined
afterEach(() => stack?.close())

/** Sends a login under a token with these claims, and says how many events Ada's timeline has when it is settled. */
async function trackUnder(claims: Record<string, unknown>, site: Parameters<typeof startStack>[0], email?: string): Promise<string> {
  const started = await startStack(site)
  stack = started
  const token = await mintSession({ sub: 'ada', secret: SECRET, issuer: 'shop', audience: 'trackline', claims, ...(email === undefined ? {} : { email }) })
  await started.track({ event: 'login', properties: { method: 'sso' } }, { token })
  const counts = await until('it is delivered or waits for an email', async () => {
    const audit = await started.audit()
    return audit.delivered + audit.needsIdentity === 1 && audit
  })
  return counts.delivered === 1 ? 'delivered' : 'waits'
}

const nested = sharedSecret({ secret: SECRET, issuer: 'shop', audience: 'trackline', email: ['user', 'mail'] })
const claims = { user: { mail: 'ada@example.com' } }

it("without a configured source, the email is where the session's preset finds it", async () => {
  expect(await trackUnder(claims, { site: { session: nested } })).toBe('delivered')
})

it('a configured claim goes before it: what the preset would find is not taken', async () => {
  expect(await trackUnder(claims, { site: { session: nested, email: [claim('email')] } })).toBe('waits')
})

/** Its tokens say in a claim of their own whether the email is verified. */
const careful = (issuer?: string) => sharedSecret({ secret: SECRET, audience: 'trackline', emailVerified: ['address_confirmed'], ...(issuer === undefined ? {} : { issuer }) })
const other = `${SECRET} of another`

it.each([
  ['of another kind', [authjs({ secret: other }), careful('shop')], {}],
  ['that comes later', [careful('shop'), authjs({ secret: other })], {}],
  ['of another kind, with a configured claim', [authjs({ secret: other }), careful('shop')], { email: [claim('email')] }],
  ['where neither has an issuer', [sharedSecret({ secret: other }), careful()], {}],
  ['where neither has an issuer, with a configured claim', [sharedSecret({ secret: other }), careful()], { email: [claim('email')] }],
])("only the preset that verified a token says whether its email counts, beside one %s", async (_, session, rules) => {
  expect(await trackUnder({ address_confirmed: false }, { site: { session, ...rules } }, 'ada@example.com')).toBe('waits')
  await stack?.close()
  expect(await trackUnder({ address_confirmed: true }, { site: { session, ...rules } }, 'ada@example.com')).toBe('delivered')
})
