import { count, date, defineEvents, elapsed, first, last, number, previous, text } from '@trackline/shared'
import { describe, expect, it } from 'vitest'
import { addToMoment, deriveProperties, momentsOf, planDerivations } from '../../src/outbox/derive.ts'
import type { Moment } from '../../src/outbox/derive.ts'

const DAY_MS = 24 * 3_600_000

describe('planDerivations', () => {
  it('remembers only what some derivation reads, and each kind of moment once', () => {
    const plans = planDerivations(
      defineEvents({
        login: {
          properties: {
            last: date({ derive: previous('login') }),
            first: date({ derive: first('login') }),
            times: number({ derive: count('login') }),
          },
        },
        logout: { properties: { since: number({ derive: elapsed('login') }) } },
        silent: { properties: { word: text() } },
      }),
    )
    expect(plans.login?.rememberAs).toEqual([{}])
    expect(plans.logout?.rememberAs).toEqual([])
    expect(plans.silent).toEqual({ rememberAs: [], derived: [] })
    expect(plans.login?.derived.map(({ property }) => property)).toEqual(['last', 'first', 'times'])
  })

  it('a moment that several wait for is forgotten when the most patient one has given up', () => {
    const plans = planDerivations(
      defineEvents({
        begun: { properties: { id: text() } },
        done: { properties: { id: text(), took: number({ derive: elapsed('begun', { by: 'id', forgetAfterDays: 3 }) }) } },
        left: { properties: { id: text(), took: number({ derive: elapsed('begun', { by: 'id', forgetAfterDays: 90 }) }) } },
      }),
    )
    expect(plans.begun?.rememberAs).toEqual([{ by: 'id', forgetAfterMs: 90 * DAY_MS }])
  })

  it('one kept for the person as a whole is never forgotten, beside one that is', () => {
    const plans = planDerivations(
      defineEvents({
        begun: { properties: { id: text() } },
        done: {
          properties: {
            id: text(),
            took: number({ derive: elapsed('begun', { by: 'id' }) }),
            last: date({ derive: previous('begun') }),
          },
        },
      }),
    )
    expect(plans.begun?.rememberAs).toEqual([{ by: 'id', forgetAfterMs: 30 * DAY_MS }, {}])
  })
})

describe('momentsOf', () => {
  const plan = { rememberAs: [{}, { by: 'id', forgetAfterMs: 5 }], derived: [] }

  it("names the person's moment and the one kept by the property's value", () => {
    expect(momentsOf('begun', plan, { id: 7 })).toEqual([
      { event: 'begun', key: '' },
      { event: 'begun', key: '7', forgetAfterMs: 5 },
    ])
  })

  it('an event without that property is remembered for the person alone', () => {
    expect(momentsOf('begun', plan, {})).toEqual([{ event: 'begun', key: '' }])
  })
})

describe('addToMoment', () => {
  const before: Moment = { firstAt: 10, lastAt: 20, count: 2 }

  it.each([
    ['nothing before it', undefined, 5, { firstAt: 5, lastAt: 5, count: 1 }],
    ['a later event', before, 30, { firstAt: 10, lastAt: 30, count: 3 }],
    ['one that arrives late', before, 15, { firstAt: 10, lastAt: 20, count: 3 }],
    ['one from before all others', before, 1, { firstAt: 1, lastAt: 20, count: 3 }],
  ])('with %s', (_, moment, occurredAt, after) => {
    expect(addToMoment(moment, occurredAt)).toEqual(after)
  })
})

describe('deriveProperties', () => {
  const plans = planDerivations(
    defineEvents({
      login: {
        properties: {
          last: date({ derive: previous('login') }),
          first: date({ derive: first('login') }),
          times: number({ derive: count('login') }),
          sinceLogout: number({ derive: elapsed('logout') }),
        },
      },
      logout: {
        properties: {
          logins: number({ derive: count('login') }),
          firstLogin: date({ derive: first('login') }),
          last: date({ derive: previous('login') }),
        },
      },
    }),
  )
  const derive = (name: 'login' | 'logout', occurredAt: number, moments: Record<string, Moment>) =>
    deriveProperties(
      { name, properties: {}, occurredAt },
      plans[name] ?? { rememberAs: [], derived: [] },
      (event) => moments[event],
    )

  it('the very first event counts itself, is its own first, and has no previous', () => {
    expect(derive('login', 100, {})).toEqual({ first: 100, times: 1 })
  })

  it('the last one is this one, unless it arrives late; of another kind of event it is the latest', () => {
    const { login, logout } = planDerivations(
      defineEvents({
        login: { properties: { latest: date({ derive: last('login') }) } },
        logout: { properties: { latest: date({ derive: last('login') }) } },
      }),
    )
    const before: Moment = { firstAt: 10, lastAt: 90, count: 4 }
    const at = (plan: typeof login, name: string, occurredAt: number, moment?: Moment) =>
      deriveProperties({ name, properties: {}, occurredAt }, plan ?? { rememberAs: [], derived: [] }, () => moment)
    expect(at(login, 'login', 100)).toEqual({ latest: 100 })
    expect(at(login, 'login', 100, before)).toEqual({ latest: 100 })
    expect(at(login, 'login', 50, before)).toEqual({ latest: 90 })
    expect(at(logout, 'logout', 50, before)).toEqual({ latest: 90 })
    expect(at(logout, 'logout', 50)).toEqual({})
  })

  it('of another kind of event the one being stored is no part', () => {
    expect(derive('logout', 100, {})).toEqual({ logins: 0 })
    expect(derive('logout', 100, { login: { firstAt: 10, lastAt: 90, count: 4 } })).toEqual({
      logins: 4,
      firstLogin: 10,
      last: 90,
    })
  })

  it('an event at the same millisecond is before; one a millisecond later is not', () => {
    expect(
      derive('login', 100, { login: { firstAt: 100, lastAt: 100, count: 1 }, logout: { firstAt: 1, lastAt: 100, count: 1 } }),
    ).toEqual({ last: 100, first: 100, times: 2, sinceLogout: 0 })
    expect(
      derive('login', 100, { login: { firstAt: 101, lastAt: 101, count: 1 }, logout: { firstAt: 1, lastAt: 101, count: 1 } }),
    ).toEqual({ first: 100, times: 2 })
  })
})
