import { beforeAll, describe, expect, it } from 'vitest'
import { begin } from '../stage/begin.ts'
import { expectDelivered } from '../stage/expect-delivered.ts'
import type { StagePage } from '../stage/open-stage.ts'
import { serveDoors, visitWithDoors } from '../stage/visit-with-doors.ts'

declare const window: StagePage

const scene = begin()
beforeAll(() => serveDoors(scene.stage))

describe('before', () => {
  it('sends what the hook returns in place of the call', async () => {
    const { stage, page } = scene
    const hook = '({ event, properties, extraData }) => ({ event: event + "ed", properties: { ...properties, email: undefined }, extraData: [extraData], messageId: "mine" })'
    await visitWithDoors(stage, page, { wrap: `window.tracker = before(core, ${hook})` })
    const outcome = await page.evaluate(() => window.tracker.track('order', { amount: 7, email: 'ada@example.com' }, { extraData: 'gift' }))
    expect(outcome).toBe('accepted')
    expect(stage.endpoint.messages()).toMatchObject([{ event: 'ordered', properties: { amount: 7 }, extraData: ['gift'], messageId: 'mine' }])
    expect(JSON.stringify(stage.endpoint.requests)).not.toContain('ada@example.com')
  })

  it('drops the event when the hook returns nothing, and says so', async () => {
    const { stage, page } = scene
    await visitWithDoors(stage, page, { wrap: 'window.tracker = before(core, (call) => call.event === "kept" ? call : null)' })
    expect(await page.evaluate(() => window.tracker.track('other', { a: 1 }))).toBe('dropped')
    expect(await page.evaluate(() => window.failures)).toEqual([{ event: 'other', properties: { a: 1 }, outcome: 'dropped', code: 'before' }])
    await expectDelivered(stage.endpoint, {
      action: () => page.evaluate(() => window.tracker.track('kept')),
      expected: [{ event: 'kept', person: 'ada' }],
      refuted: [{ event: 'other' }],
    })
  })

  it('sends nothing when the hook throws: the outcome is rejected, and the page undisturbed', async () => {
    const { stage, page } = scene
    const problems: unknown[] = []
    page.on('pageerror', (error) => problems.push(error))
    await visitWithDoors(stage, page, { wrap: 'window.tracker = before(core, () => { throw "no consent tool" })' })
    expect(await page.evaluate(() => window.tracker.track('login'))).toBe('rejected')
    expect(await page.evaluate(() => window.failures)).toMatchObject([{ outcome: 'rejected', code: 'before', message: 'no consent tool' }])
    await page.evaluate(() => window.tracker.flush())
    expect([stage.endpoint.requests, problems]).toEqual([[], []])
  })

  it('survives an onError that throws, and finds one that was set later', async () => {
    const { stage, page } = scene
    const wrap = 'window.tracker = before(core, () => {}); tracker.onError = ({ code }) => { document.title = code; throw 1 }'
    await visitWithDoors(stage, page, { wrap })
    expect(await page.evaluate(() => window.tracker.track('login'))).toBe('dropped')
    expect(await page.title()).toBe('before')
  })

  it('leaves the other methods as they are: what waits for consent is dropped by deny', async () => {
    const { stage, page } = scene
    await visitWithDoors(stage, page, { wrap: 'window.tracker = before(core, (call) => call)', options: { consent: 'pending' } })
    const outcome = await page.evaluate(() => {
      const waiting = window.tracker.track('early')
      window.tracker.consent('deny')
      return waiting
    })
    expect(outcome).toBe('dropped')
    expect(stage.endpoint.requests).toEqual([])
  })
})

describe('withExtraData', () => {
  const cases = [
    { name: 'no extraData', given: undefined, sent: { a: 1, b: 2 } },
    { name: 'an object, whose members win', given: { b: 3, c: 4 }, sent: { a: 1, b: 3, c: 4 } },
    { name: 'a list, which stays', given: [1], sent: [1] },
    { name: 'text, which stays', given: 'text', sent: 'text' },
    { name: 'null, which stays', given: null, sent: null },
  ]
  it.each(cases)('adds to $name', async ({ given, sent }) => {
    const { stage, page } = scene
    await visitWithDoors(stage, page, { wrap: 'window.tracker = withExtraData(core, () => ({ a: 1, b: 2, none: undefined }))' })
    const options = given === undefined ? undefined : { extraData: given }
    expect(await page.evaluate((more) => window.tracker.track('login', {}, more), options)).toBe('accepted')
    expect(stage.endpoint.messages()[0]?.extraData).toEqual(sent)
  })
})
