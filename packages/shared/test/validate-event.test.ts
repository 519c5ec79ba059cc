import { boolean, count, date, defineEvents, number, oneOf, text, validateEvent } from '@trackline/shared'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const events = defineEvents({
  login: {
    properties: {
      method: oneOf(['password', 'sso']),
      device: text({ optional: true }),
      loginCount: number({ derive: count('login') }),
    },
  },
  order: { properties: { total: number(), paid: boolean(), placedAt: date() } },
  logout: {},
})

/** The messages of everything that is wrong with it; [] when it is valid. */
function problemsOf(message: object): string[] {
  const validation = validateEvent(events, message)
  return validation.valid ? [] : validation.problems.map((problem) => problem.message)
}

function nested(levels: number): unknown {
  let value: unknown = 'bottom'
  for (let level = 0; level < levels; level++) value = { value }
  return value
}

describe('an event that is as defined', () => {
  it('is given back with its properties', () => {
    const validation = validateEvent(events, { event: 'login', properties: { method: 'sso', device: 'phone' } })
    expect(validation).toEqual({ valid: true, event: { name: 'login', properties: { method: 'sso', device: 'phone' } } })
  })

  it('needs no properties when none is required', () => {
    expect(problemsOf({ event: 'logout' })).toEqual([])
  })

  it('takes null for "not known", and keeps nothing for it', () => {
    const validation = validateEvent(events, { event: 'login', properties: { method: 'sso', device: null } })
    expect(validation).toEqual({ valid: true, event: { name: 'login', properties: { method: 'sso' } } })
  })

  it.each([
    ['2026-11-22', Date.UTC(2026, 10, 22)],
    ['2026-11-22T10:00:00Z', Date.UTC(2026, 10, 22, 10)],
    ['2026-11-22T10:00:00.5+01:00', Date.UTC(2026, 10, 22, 9, 0, 0, 500)],
    [1_795_341_600_000, 1_795_341_600_000],
  ])('has its date %s read as milliseconds since 1970', (placedAt, expected) => {
    const validation = validateEvent(events, { event: 'order', properties: { total: 1, paid: true, placedAt } })
    expect(validation).toMatchObject({ event: { properties: { placedAt: expected } } })
  })

  it('keeps extraData as it came', () => {
    const extraData = { items: [{ label: 'Fee', amount: 1 }] }
    expect(validateEvent(events, { event: 'logout', extraData })).toMatchObject({ event: { extraData } })
  })

  it('may have extraData nested 8 deep, and of 16 KB to the byte', () => {
    expect(problemsOf({ event: 'logout', extraData: nested(8) })).toEqual([])
    expect(problemsOf({ event: 'logout', extraData: 'x'.repeat(16_382) })).toEqual([])
  })
})

describe('an event that is not as defined is refused with the value', () => {
  const NO_TEXT = "'device' of 'login' must be text of at most 2000 characters: got"
  const NO_DATE = "'placedAt' of 'order' must be a date (ISO 8601 with a zone, or milliseconds since 1970): got"

  it.each([
    ['an unknown event', { event: 'logn' }, "the event is not defined: 'logn' (did you mean 'login'?)"],
    ['an event that resembles none', { event: 'purchase' }, "the event is not defined: 'purchase'"],
    ['a name of the prototype', { event: 'constructor' }, "the event is not defined: 'constructor'"],
    ['no event', {}, 'the event is not defined: undefined'],
    ['a number for an event', { event: 7 }, 'the event is not defined: 7'],
    ['a missing property', { event: 'login', properties: {} }, "'method' of 'login' is required"],
    ['null for a required property', { event: 'login', properties: { method: null } }, "'method' of 'login' is required"],
    ['an unknown property', { event: 'login', properties: { method: 'sso', devise: 'x' } }, "'login' has no property 'devise' (did you mean 'device'?)"],
    ['a value that is not listed', { event: 'login', properties: { method: 'ssso' } }, "'method' of 'login' must be one of 'password', 'sso': got 'ssso' (did you mean 'sso'?)"],
    ['a derived property', { event: 'login', properties: { method: 'sso', loginCount: 9 } }, "'loginCount' of 'login' is computed here and must not be sent"],
    ['an array for properties', { event: 'login', properties: [] }, "the properties of 'login' must be an object: got an array"],
    ['text for a number', { event: 'order', properties: { total: '1', paid: true, placedAt: 0 } }, "'total' of 'order' must be a finite number: got '1'"],
    ['text for true', { event: 'order', properties: { total: 1, paid: 'yes', placedAt: 0 } }, "'paid' of 'order' must be true or false: got 'yes'"],
    ['an object for text', { event: 'login', properties: { method: 'sso', device: {} } }, `${NO_TEXT} an object`],
    ['text that is too long', { event: 'login', properties: { method: 'sso', device: 'x'.repeat(2_001) } }, `${NO_TEXT} '${'x'.repeat(60)}…' (2001 characters)`],
    ['half a surrogate pair', { event: 'login', properties: { method: 'sso', device: '\ud800' } }, `${NO_TEXT} '\ufffd'`],
    ['U+0000', { event: 'login', properties: { method: 'sso', device: 'a\0b' } }, `${NO_TEXT} 'a\ufffdb'`],
    ['a date without a zone', { event: 'order', properties: { total: 1, paid: true, placedAt: '2026-11-22T10:00:00' } }, `${NO_DATE} '2026-11-22T10:00:00'`],
    ['a day that does not exist', { event: 'order', properties: { total: 1, paid: true, placedAt: '2026-02-30' } }, `${NO_DATE} '2026-02-30'`],
    ['extraData nested 9 deep', { event: 'logout', extraData: nested(9) }, 'extraData is nested deeper than 8 levels'],
    ['extraData nested 100,000 deep', { event: 'logout', extraData: nested(100_000) }, 'extraData is nested deeper than 8 levels'],
    ['extraData of 16 KB and a byte', { event: 'logout', extraData: 'x'.repeat(16_383) }, 'extraData has 16385 bytes: at most 16384 are taken'],
  ])('%s', (_, message, problem) => {
    expect(problemsOf(message)).toEqual([problem])
  })

  it('and told everything that is wrong at once', () => {
    const message = { event: 'order', properties: { total: 'much', paid: 1, tip: 2 }, extraData: nested(9) }
    expect(problemsOf(message)).toHaveLength(5)
  })

  it('and is not rescued by what its prototype has', () => {
    const properties: object = Object.create({ method: 'sso' })
    expect(problemsOf({ event: 'login', properties })).toEqual(["'method' of 'login' is required"])
  })
})

it('never throws, whatever JSON comes', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (properties, extraData) => {
      expect(() => validateEvent(events, { event: 'login', properties, extraData })).not.toThrow()
    }),
  )
})
