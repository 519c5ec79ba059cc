import { sharedSecret } from '@trackline/session'
import { expect, it } from 'vitest'
import type { Site } from '../../src/config.ts'
import { foundSites } from '../../src/identity/found-sites.ts'

const SITES = 10_000

it('as many sites as the reference promises are asked for once, though each is known by its origin and its name', async () => {
  const session = [sharedSecret({ secret: 's'.repeat(32) })]
  let asked = 0
  const { ofOrigin } = foundSites({
    async find(origin) {
      asked += 1
      const site: Site = { name: `of ${origin}`, origins: [origin], portal: 1, session, email: [], requireVerified: 'if-present', international: false, targets: ['timeline-v3'], serverKeys: [] }
      return { site, version: 1 }
    },
    now: () => new Date(0),
    log: () => {},
  })
  for (let round = 0; round < 2; round++) {
    for (let number = 0; number < SITES; number++) await ofOrigin(`https://${number}.example.com`)
  }
  expect(asked).toBe(SITES)
})
