import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { digestPerson } from '../src/digest-person.ts'
import { makeToken } from './stage/make-token.ts'

describe('a digest', () => {
  it('is the same for every token of a person, and another for another person', () => {
    const person = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(person, person, (one, other) => {
        expect(digestPerson(makeToken(one, { exp: 1 }))).toBe(digestPerson(makeToken(one, { exp: 2 })))
        expect(digestPerson(makeToken(one)) === digestPerson(makeToken(other))).toBe(one === other)
      }),
    )
  })

  it('is another for the same subject of another issuer', () => {
    expect(digestPerson(makeToken('ada'))).not.toBe(digestPerson(makeToken('ada', { iss: 'https://other.example.com' })))
  })

  it('is a whole number that JSON and text keep exactly', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (person) => {
        const digest = digestPerson(makeToken(person))
        expect(Number.isSafeInteger(digest)).toBe(true)
        expect(String(digest)).toMatch(/^\d+$/)
      }),
    )
  })

  it('tells 100,000 people with neighbouring numbers apart', () => {
    const digests = new Set(Array.from({ length: 100_000 }, (_, n) => digestPerson(makeToken(`user_${n}`))))
    expect(digests.size).toBe(100_000)
  })

  it('of what is no token is an error', () => {
    for (const text of ['', 'abc', 'a.b.c', 'a.bnVsbA.c']) expect(() => digestPerson(text), text).toThrow()
  })
})
