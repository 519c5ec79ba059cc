import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { BrowserContext, Page } from 'playwright'
import { expectDelivered } from './stage/expect-delivered.ts'
import { openStage } from './stage/open-stage.ts'
import type { Stage, StagePage } from './stage/open-stage.ts'

declare const window: StagePage

let stage: Stage
let context: BrowserContext
let page: Page

beforeAll(async () => {
  stage = await openStage()
  return () => stage.close()
}, 60_000)

beforeEach(async () => {
  stage.endpoint.clear()
  stage.endpoint.script = undefined
  stage.session.person = 'ada'
  context = await stage.newContext()
  page = await context.newPage()
  return () => context.close()
})

describe('the script tag', () => {
  it('sends what was tracked before it loaded, and what is tracked after, with the token of data-session', async () => {
    await stage.visitWithTag(page, {}, "<script>track('early', { method: 'sso' })</script>")
    await expectDelivered(stage.endpoint, {
      action: async () => expect(await page.evaluate(() => window.track('late'))).toBe('accepted'),
      expected: [{ event: 'early', person: 'ada', properties: { method: 'sso' } }, { event: 'late', person: 'ada' }],
    })
  })
})
