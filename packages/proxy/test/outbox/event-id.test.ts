import { describe, expect, it } from 'vitest'
import { eventIdOf } from '../../src/outbox/event-id.ts'

const message = { account: 62515, site: 'main', subject: 'ada', messageId: 'm1' }

describe('eventIdOf', () => {
  it('the same message has the same id in every version: the SHA-256 of its four parts as JSON', () => {
    expect(eventIdOf({ ...message })).toBe(eventIdOf(message))
    expect(eventIdOf(message)).toBe('lEDKPOHIAd_s_aoE6LyMFLkn1lAbbypD5NJvD6iyPJY')
  })

  it.each([
    ['account', { account: 62516 }],
    ['site', { site: 'shop' }],
    ['person', { subject: 'grace' }],
    ['message', { messageId: 'm2' }],
  ])('another %s has another id', (_, change) => {
    expect(eventIdOf({ ...message, ...change })).not.toBe(eventIdOf(message))
  })

  it('parts that are joined differently do not meet', () => {
    const ids = [
      { ...message, site: 'a', subject: 'bc' },
      { ...message, site: 'ab', subject: 'c' },
      { ...message, subject: 'a","b', messageId: 'c' },
      { ...message, subject: 'a', messageId: 'b","c' },
      { ...message, account: 1, site: '2' },
      { ...message, account: 12, site: '' },
    ].map(eventIdOf)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('is 43 characters that HubSpot takes as they are', () => {
    expect(eventIdOf({ ...message, subject: '{{uuid}} \u{1F600}' })).toMatch(/^[A-Za-z0-9_-]{43}$/)
  })
})
