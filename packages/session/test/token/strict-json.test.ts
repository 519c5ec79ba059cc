import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseStrictJson } from '../../src/token/strict-json.ts'

const parse = (text: string) => parseStrictJson(new TextEncoder().encode(text), 'payload')
const nested = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`

describe('parseStrictJson', () => {
  it('reads whatever JSON.stringify writes of an object, as JSON.parse does', () => {
    const members = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 }))
    const property = fc.property(members, (value) => {
      const text = JSON.stringify(value)
      // A random value may hold a refused name: then there is nothing to compare.
      fc.pre(!/__proto__|constructor/.test(text))
      expect(JSON.stringify(parse(text))).toBe(text)
    })
    fc.assert(property, { numRuns: 500 })
  })

  it.each([
    ['one name in two objects', '{"a":{"x":1},"b":{"x":2}}'],
    ['one name in an object and in the one around it', '{"x":{"x":{"x":1}}}'],
    ['brackets, quotes and colons inside strings', '{"a":"{\\"a\\":1,[}]:","b":":\\\\"}'],
    ['a name that is a string elsewhere', '{"a":"b","b":"a"}'],
    ['16 levels', nested(16)],
  ])('accepts %s', (_, text) => {
    expect(JSON.stringify(parse(text))).toBe(text)
  })

  it.each([
    ['17 levels', nested(17), 'too_deep'],
    ['a name twice', '{"a":1,"a":1}', 'duplicate_member'],
    ['a name twice with an object between', '{"a":{"b":1},"a":1}', 'duplicate_member'],
    ['an empty name twice', '{"":1,"":2}', 'duplicate_member'],
    ['a name twice inside a list', '{"l":[1,{"a":1,"a":2}]}', 'duplicate_member'],
    ['a name twice, once escaped', '{"a\\/b":1,"a/b":2}', 'duplicate_member'],
    ['a number that overflows, inside a list', '{"l":[-1e400]}', 'number_not_finite'],
    ['half a surrogate pair, inside a list', '{"l":["\\udfff"]}', 'not_well_formed'],
    ['null', 'null', 'not_object'],
    ['a comment', '{/**/}', 'not_json'],
    ['two texts', '{}{}', 'not_json'],
    ['NaN', '{"a":NaN}', 'not_json'],
  ])('refuses %s', (_, text, reason) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ reason, where: 'payload' }))
  })
})
