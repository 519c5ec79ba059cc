import fc from 'fast-check'
import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { begin } from './stage/begin.ts'
import { expectDelivered } from './stage/expect-delivered.ts'
import { makeToken, personOf } from './stage/make-token.ts'
import type { StagePage } from './stage/open-stage.ts'

declare const window: StagePage

const scene = begin()

/** Somebody signs in to the page without loading it anew; undefined signs out. */
async function signIn(person: string | undefined): Promise<void> {
  scene.stage.session.person = person
  await scene.page.evaluate((token) => {
    window.token = token
  }, person && makeToken(person))
}

describe('an event', () => {
  it('raised before anybody was signed in goes with the first token of its page', async () => {
    const { stage, page } = scene
    stage.session.person = undefined
    await stage.visitWithModule(page)
    await page.evaluate(() => void window.tracker.track('early'))
    await signIn('ada')
    await expectDelivered(stage.endpoint, {
      action: () => page.evaluate(() => window.tracker.track('login')),
      expected: [{ event: 'early', person: 'ada' }, { event: 'login', person: 'ada' }],
    })
  })

  it('raised before anybody was signed in is not sent by the next page', async () => {
    const { stage, page } = scene
    stage.session.person = undefined
    await stage.visitWithModule(page, { persist: true })
    await page.evaluate(() => void window.tracker.track('early'))
    stage.session.person = 'grace'
    await stage.visitWithModule(page, { persist: true })
    await expectDelivered(stage.endpoint, {
      action: () => page.evaluate(() => window.tracker.track('login')),
      expected: [{ event: 'login', person: 'grace' }],
      refuted: [{ event: 'early' }],
    })
  })

  it('of ada is not sent by grace who signs in without a reset, and goes when ada is back', async () => {
    const { stage, page } = scene
    stage.endpoint.script = () => ({ status: 503 })
    await stage.visitWithModule(page, { persist: true })
    await page.evaluate(() => void window.tracker.track('of ada'))
    await expect.poll(() => stage.endpoint.requests.length).toBeGreaterThan(0)
    await signIn('grace')
    stage.endpoint.script = undefined
    await expectDelivered(stage.endpoint, {
      action: () => page.evaluate(() => window.tracker.track('of grace')),
      expected: [{ event: 'of grace', person: 'grace' }],
      refuted: [{ event: 'of ada', person: 'grace' }],
    })
    stage.session.person = 'ada'
    await expectDelivered(stage.endpoint, {
      action: () => stage.visitWithModule(page, { persist: true }),
      expected: [{ event: 'of ada', person: 'ada' }],
      refuted: [{ event: 'of ada', person: 'grace' }],
    })
  })

  it('tracked right before reset() still goes, with the token of who is leaving', async () => {
    const { stage, page } = scene
    await stage.visitWithModule(page)
    await page.evaluate(() => window.tracker.track('login'))
    await expectDelivered(stage.endpoint, {
      action: async () => {
        await page.evaluate(() => {
          void window.tracker.track('logout')
          window.tracker.reset()
          window.token = undefined
        })
        await signIn('grace')
        await page.evaluate(() => window.tracker.track('login again'))
      },
      expected: [{ event: 'logout', person: 'ada' }, { event: 'login again', person: 'grace' }],
    })
  })

  it('tracked right before reset() during an outage is not given to whoever signs in next', async () => {
    const { stage, page } = scene
    stage.endpoint.script = () => ({ status: 503, headers: { 'retry-after': '1' } })
    await stage.visitWithModule(page)
    await page.evaluate(() => void window.tracker.track('first'))
    await expect.poll(() => stage.endpoint.requests.length).toBe(1)
    stage.endpoint.script = undefined
    await untilTurnEnds(page)
    await page.evaluate((ofGrace) => {
      void window.tracker.track('of ada')
      window.tracker.reset()
      window.token = ofGrace
    }, makeToken('grace'))
    await expectDelivered(stage.endpoint, {
      action: () => page.evaluate(() => window.tracker.track('of grace')),
      expected: [{ event: 'of grace', person: 'grace' }],
      refuted: [{ event: 'first', person: 'grace' }, { event: 'of ada', person: 'grace' }],
    })
  })

  it('that waits for a first token is forgotten by reset()', async () => {
    const { stage, page } = scene
    stage.session.person = undefined
    await stage.visitWithModule(page)
    const outcome = await page.evaluate(() => {
      const waiting = window.tracker.track('early')
      window.tracker.reset()
      return waiting
    })
    expect(outcome).toBe('dropped')
    expect(await page.evaluate(() => window.failures)).toMatchObject([{ event: 'early', code: 'reset' }])
    await signIn('grace')
    await expectDelivered(stage.endpoint, {
      action: () => page.evaluate(() => window.tracker.track('login')),
      expected: [{ event: 'login', person: 'grace' }],
      refuted: [{ event: 'early' }],
    })
  })

  it('is not given to the one who signs in while the session of the other is still being asked', async () => {
    const { stage, page } = scene
    await stage.visitWithModule(page)
    await page.evaluate(() => window.tracker.track('first'))
    await page.evaluate(() => {
      const ofAda = window.token
      let answer = (_: string | undefined) => {}
      window.session = () => new Promise((resolve) => (answer = resolve)) as never
      void window.tracker.track('slow')
      return Promise.resolve().then(() => {
        window.tracker.reset()
        answer(ofAda)
        window.session = () => window.token
      })
    })
    await signIn('grace')
    await expectDelivered(stage.endpoint, {
      action: () => page.evaluate(() => window.tracker.track('login')),
      expected: [{ event: 'login', person: 'grace' }],
      refuted: [{ event: 'slow', person: 'grace' }, { event: 'login', person: 'ada' }],
    })
  })
})

describe('raised after somebody else has signed in, without a reset, an event', () => {
  it('waits for the answer of the session, though the batch of the one before is on its way meanwhile', async () => {
    const { stage, page } = scene
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
    await stage.visitWithModule(page)
    await page.evaluate(() => window.tracker.track('first'))
    stage.endpoint.script = () => ({ after: held })
    await page.evaluate(() => void window.tracker.track('of ada'))
    await expect.poll(() => stage.endpoint.requests.length).toBe(2)
    await page.evaluate(() => {
      window.session = () => new Promise((resolve) => Object.assign(window, { answer: resolve })) as never
      void window.tracker.track('of grace')
    })
    letGo()
    await untilTurnEnds(page)
    expect(stage.endpoint.requests).toHaveLength(2)
    await expectDelivered(stage.endpoint, {
      action: () => page.evaluate((ofGrace) => void Reflect.get(window, 'answer')(ofGrace), makeToken('grace')),
      expected: [{ event: 'of ada', person: 'ada' }, { event: 'of grace', person: 'grace' }],
    })
  })

  it('belongs to who answers at last, where the session could not be asked at first', async () => {
    const { stage, page } = scene
    await stage.visitWithModule(page, { persist: true })
    await page.evaluate(() => window.tracker.track('of ada'))
    await signIn('grace')
    await expectDelivered(stage.endpoint, {
      action: () => page.evaluate(() => {
        window.session = () => {
          window.session = () => window.token
          throw new Error('the network is away')
        }
        void window.tracker.track('of grace')
      }),
      expected: [{ event: 'of grace', person: 'grace' }],
    })
  })

  it('while nobody was, goes with the next token and not to the one before', async () => {
    const { stage, page } = scene
    await stage.visitWithModule(page, { persist: true })
    await page.evaluate(() => window.tracker.track('of ada'))
    await signIn(undefined)
    await page.evaluate(async () => {
      void window.tracker.track('of nobody')
      await window.tracker.flush()
      // Nor on the way out is it given to who was signed in before.
      dispatchEvent(new Event('pagehide'))
    })
    expect(stage.endpoint.requests).toHaveLength(1)
    await signIn('grace')
    await expectDelivered(stage.endpoint, {
      action: () => page.evaluate(() => window.tracker.track('of grace')),
      expected: [{ event: 'of nobody', person: 'grace' }, { event: 'of grace', person: 'grace' }],
    })
  })
})

/** The answer of the batch on its way has been read when the lock of its turn is free. */
function untilTurnEnds(page: Page): Promise<void> {
  return page.evaluate(async () => {
    for (const { name } of (await navigator.locks.query()).held ?? []) await navigator.locks.request(name!, () => {})
  })
}

describe.each([
  ['are no JWTs', (person: string) => `opaque-of-${person}`],
  ['are no JWTs, though they have their dots', (person: string) => `opaque.with.dots-of-${person}`],
  ['say who it is in a claim that is no sub', (person: string) => makeToken('', { iss: undefined, sub: undefined, user_id: person })],
  ['have a sub of null', (person: string) => makeToken('', { sub: null, email: `${person}@example.com` })],
])('with tokens that %s', (_, tokenOf) => {
  it('an event goes with the token that it was raised under, on a later page too, and with no other', async () => {
    const { stage, page } = scene
    const [ofAda, ofGrace] = [tokenOf('ada'), tokenOf('grace')]
    stage.endpoint.script = () => ({ status: 503 })
    await stage.visitWithModule(page, { persist: true })
    const track = (event: string, token: string) => page.evaluate(([event, token]) => {
      window.token = token
      void window.tracker.track(event!)
    }, [event, token])
    await track('first', ofAda)
    await expect.poll(() => stage.endpoint.requests.length).toBeGreaterThan(0)
    stage.endpoint.script = undefined
    await track('second', ofGrace)
    await expect.poll(() => stage.endpoint.messages().map(({ event }) => event)).toEqual(['second'])
    await stage.visitWithModule(page, { persist: true })
    await track('third', ofAda)
    await expect.poll(() => stage.endpoint.messages().map(({ event, authorization }) => [event, authorization])).toEqual([
      ['second', `Bearer ${ofGrace}`],
      ['first', `Bearer ${ofAda}`],
      ['third', `Bearer ${ofAda}`],
    ])
  })
})

it('a sub that is a number, without an issuer, is somebody', async () => {
  const { stage, page } = scene
  await stage.visitWithModule(page)
  await page.evaluate((token) => {
    window.token = token
  }, makeToken('', { iss: undefined, sub: 7 }))
  expect(await page.evaluate(() => window.tracker.track('login'))).toBe('accepted')
})

type Step = 'ada' | 'grace' | 'nobody' | 'reload' | 'reset' | 'tab' | 'break' | 'mend'

describe('in every order of sign-ins, reloads, tabs and outages', () => {
  it('no event goes with the token of somebody who had not raised it', async () => {
    const { stage, context } = scene
    const step = fc.constantFrom<Step>('ada', 'grace', 'nobody', 'reload', 'reset', 'tab', 'break', 'mend')
    const steps = fc.array(step, { minLength: 4, maxLength: 9 })
    let runs = 0
    const property = fc.asyncProperty(steps, async (order) => {
      const run = `run${runs++}`
      await context.clearCookies()
      scene.page = await context.newPage()
      stage.endpoint.clear()
      stage.endpoint.script = undefined
      stage.session.person = undefined
      const raisedBy = new Map<string, string | undefined>()
      await stage.visitWithModule(scene.page, { persist: true })
      for (const [at, step] of order.entries()) {
        if (step === 'reload') await stage.visitWithModule(scene.page, { persist: true })
        else if (step === 'tab') await stage.visitWithModule((scene.page = await context.newPage()), { persist: true })
        else if (step === 'reset') await scene.page.evaluate(() => window.tracker.reset())
        else if (step === 'break') stage.endpoint.script = () => ({ status: 503 })
        else if (step === 'mend') stage.endpoint.script = undefined
        else await signIn(step === 'nobody' ? undefined : step)
        const event = `${run} ${at} ${step}`
        raisedBy.set(event, stage.session.person)
        // The session has been asked when the microtasks of this turn are done.
        await scene.page.evaluate((event) => void window.tracker.track(event), event)
      }
      stage.endpoint.script = undefined
      for (const person of ['ada', 'grace']) {
        stage.session.person = person
        await stage.visitWithModule(scene.page, { persist: true })
        await scene.page.evaluate(() => window.tracker.flush())
      }
      const sent = stage.endpoint.requests.flatMap(({ body, authorization }) =>
        body!.batch.map(({ event }) => ({ event, by: raisedBy.get(event), sentAs: personOf(authorization) })),
      )
      expect(sent.filter(({ by, sentAs }) => by !== undefined && by !== sentAs)).toEqual([])
      const arrived = new Set(stage.endpoint.messages().map(({ event }) => event))
      const lost = [...raisedBy].filter(([event, by]) => by !== undefined && !arrived.has(event))
      expect(lost, 'and none with an owner is lost').toEqual([])
      for (const page of context.pages()) await page.close()
    })
    await fc.assert(property, { numRuns: 8, seed: 20261122, endOnFailure: true })
  }, 120_000)
})
