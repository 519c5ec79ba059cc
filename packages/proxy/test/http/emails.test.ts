import { mintSession, sharedSecret } from '@trackline/session'
import { afterEach, expect, it } from 'vitest'
import { claim } from '../../src/identity/email-source.ts'
import { SECRET, startStack } from '../stage/start-stack.ts'
import type { Stack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'

let stack: Stack | undefined
afterEach(() => stack?.close())

/** Sends a login under a token with these claims, and says how many events Ada's timeline has when it is settled. */
async function trackUnder(claims: Record<string, unknown>, site: Parameters<typeof startStack>[0]): Promise<string> {
  const started = await startStack(site)
  stack = started
  const token = await mintSession({ sub: 'ada', secret: SECRET, issuer: 'shop', audience: 'trackline', claims })
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
