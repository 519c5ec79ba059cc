import { describe, expect, it } from 'vitest'
import { readRequestLimits } from '../../src/hubspot/request-limits.ts'

describe('readRequestLimits', () => {
  it.each([
    ['those of an OAuth app', { 'Interval-Milliseconds': '10000', Max: '110', Remaining: '0' }, { max: 110, remaining: 0 }],
    ['those of a private app', { Max: '190', Remaining: '7', Daily: '625000', 'Daily-Remaining': '12' }, { max: 190, remaining: 7, dailyRemaining: 12 }],
    ['of another window', { 'Interval-Milliseconds': '1000', Max: '10', Remaining: '3' }, {}],
    ['none', {}, {}],
    ['nonsense', { Max: '-1', Remaining: 'many', 'Daily-Remaining': '' }, {}],
  ])('%s', (_, said, expected) => {
    const headers = new Headers(Object.entries(said).map(([name, value]): [string, string] => [`X-HubSpot-RateLimit-${name}`, String(value)]))
    expect(readRequestLimits(headers)).toEqual(expected)
  })
})
