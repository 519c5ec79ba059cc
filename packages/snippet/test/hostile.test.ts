import { describe, expect, it } from 'vitest'
import { ENGINES, titleOf } from './engines/engines.ts'
import { beginIn } from './stage/begin-in.ts'
import type { StagePage } from './stage/open-stage.ts'

declare const window: StagePage

/** What a page may pass, what becomes of it, and what arrives where it is sent. */
const inputs: { name: string; code: string; outcome: string; failure?: string; arrives?: unknown }[] = [
  {
    name: 'nested values',
    code: 'track("e", { a: { b: [1, { c: 2 }] } })',
    outcome: 'accepted', arrives: { a: { b: [1, { c: 2 }] } },
  },
  { name: 'a huge string', code: 'track("e", { text: "x".repeat(1e6) })', outcome: 'rejected', failure: 'invalid' },
  { name: 'a cycle', code: 'const a = {}; a.a = a; return track("e", a)', outcome: 'rejected', failure: 'invalid' },
  { name: 'a BigInt', code: 'track("e", { n: 1n })', outcome: 'rejected', failure: 'invalid' },
  { name: 'a Date', code: 'track("e", { at: new Date(0) })', outcome: 'accepted', arrives: { at: '1970-01-01T00:00:00.000Z' } },
  { name: 'an invalid Date', code: 'track("e", { at: new Date(NaN) })', outcome: 'accepted', arrives: { at: null } },
  { name: 'symbols and functions', code: 'track("e", { s: Symbol("s"), f() {}, n: 1 })', outcome: 'accepted', arrives: { n: 1 } },
  { name: 'NaN and Infinity', code: 'track("e", { a: NaN, b: Infinity })', outcome: 'accepted', arrives: { a: null, b: null } },
  { name: 'lone surrogates', code: 'track("e", { a: "\\ud800" })', outcome: 'accepted', arrives: { a: '\ud800' } },
  {
    name: 'a getter that throws',
    code: 'track("e", { get a() { throw new Error("mine") } })',
    outcome: 'rejected', failure: 'invalid',
  },
  {
    name: 'a getter that throws undefined',
    code: 'track("e", { get a() { throw undefined } })',
    outcome: 'rejected', failure: 'invalid',
  },
  {
    name: 'options with a getter that throws',
    code: 'track("e", {}, { get messageId() { throw 1 } })',
    outcome: 'rejected', failure: 'invalid',
  },
  {
    name: 'a revoked proxy',
    code: 'const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return track("e", proxy)',
    outcome: 'rejected', failure: 'invalid',
  },
  { name: 'a toJSON that throws', code: 'track("e", { toJSON() { throw 1 } })', outcome: 'rejected', failure: 'invalid' },
  { name: 'a symbol as the name', code: 'track(Symbol("e"))', outcome: 'rejected', failure: 'invalid' },
  { name: 'no name', code: 'track()', outcome: 'accepted' },
  { name: 'null for everything', code: 'track(null, null, null)', outcome: 'accepted' },
  { name: 'a text for the properties', code: 'track("e", "text", "text")', outcome: 'accepted', arrives: 'text' },
  {
    name: 'extraData with __proto__',
    code: 'track("e", {}, { extraData: JSON.parse(\'{"__proto__":{"x":1}}\') })',
    outcome: 'accepted', arrives: {},
  },
]

describe.each(ENGINES)('$name', (engine) => {
  const scene = beginIn(engine)

  describe.skipIf(engine.missing)(`what a page passes to track${titleOf(engine)}`, () => {
    for (const { name, code, outcome, failure, arrives } of inputs) {
      it(`${name}: ${failure ?? outcome}, and the page is undisturbed`, async () => {
        const { stage, page } = scene
        await stage.visitWithModule(page)
        const body = code.includes('return') ? code : `return ${code}`
        expect(await page.evaluate((body) => new Function('track', body)(window.tracker.track), body)).toBe(outcome)
        expect(await page.evaluate(() => window.failures.map(({ code }) => code))).toEqual(failure ? [failure] : [])
        if (arrives !== undefined) expect(stage.endpoint.messages()[0]?.properties).toEqual(arrives)
        expect(await page.evaluate(() => window.tracker.track('next')), 'the next event goes').toBe('accepted')
        expect(await scene.pageErrors()).toEqual([])
      })
    }

    it('is written down at once: what the page changes later is not sent', async () => {
      const { stage, page } = scene
      await stage.visitWithModule(page)
      await page.evaluate(() => {
        const properties = { step: 'before' }
        const outcome = window.tracker.track('e', properties)
        properties.step = 'after'
        return outcome
      })
      expect(stage.endpoint.messages()[0]?.properties).toEqual({ step: 'before' })
    })
  })

  describe.skipIf(engine.missing)('a page that changes the built-ins', () => {
    it('Array.prototype.toJSON: the batch is still a batch', async () => {
      const { stage, page } = scene
      scene.runFirst(() => {
        Object.assign(Array.prototype, { toJSON: () => 'hostile' })
      })
      await stage.visitWithModule(page)
      // As text: the driver, too, hands arrays over as JSON.
      expect(await page.evaluate(async () => `${await window.tracker.track('a')} ${await window.tracker.track('b')}`)).toBe('accepted accepted')
      expect(stage.endpoint.messages().map(({ event }) => event)).toEqual(['a', 'b'])
    })

    it('onError that throws: the other events of the answer get their outcomes', async () => {
      const { stage, page } = scene
      stage.endpoint.script = () => ({ reject: ['a'] })
      await stage.visitWithTag(page, {}, '<script>track.onError = () => { throw new Error("mine") }</script>')
      expect(await page.evaluate(() => Promise.all(['a', 'b'].map((name) => window.track(name))))).toEqual(['rejected', 'accepted'])
      expect(await scene.pageErrors()).toEqual([])
    })
  })

  describe.skipIf(engine.missing)('an onError that calls back', () => {
    it('reset() for the first of several that are refused: each is told once, and none is sent again', async () => {
      const { stage, page } = scene
      stage.endpoint.script = () => ({ status: 403, body: { code: 'SUBJECT_DENIED' } })
      await stage.visitWithTag(page, {}, '<script>heard = []; track.onError = ({ event }) => { heard.push(event); track.reset() }</script>')
      expect(await page.evaluate(() => Promise.all(['a', 'b', 'c'].map((name) => window.track(name))))).toEqual(['rejected', 'rejected', 'rejected'])
      await page.evaluate(() => window.track.flush())
      expect(await page.evaluate(() => Reflect.get(window, 'heard'))).toEqual(['a', 'b', 'c'])
      expect(stage.endpoint.requests).toHaveLength(1)
    })
  })

  describe.skipIf(engine.missing)('a proxy that answers nonsense', () => {
    for (const body of ['{"results":[null]}', '{"results":"x"}', '{"results":{"length":1}}', '[]', '7', '"text"', '{"code":{}}']) {
      it(`202 ${body}: nothing is thrown, and the event has one outcome`, async () => {
        const { stage, page } = scene
        stage.endpoint.script = () => (stage.endpoint.requests.length ? undefined : { status: 202, body })
        await stage.visitWithModule(page)
        expect(await page.evaluate(() => window.tracker.track('e'))).toBe('accepted')
        expect(await scene.pageErrors()).toEqual([])
      })
    }
  })
})
