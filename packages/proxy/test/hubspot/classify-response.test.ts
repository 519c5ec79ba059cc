import { describe, expect, it } from 'vitest'
import { classifyResponse } from '../../src/hubspot/classify-response.ts'
import type { Outcome } from '../../src/outcome.ts'

const rateLimit = (policyName?: string) => ({
  status: 'error',
  message: 'You have reached your limit.',
  errorType: 'RATE_LIMIT',
  ...(policyName ? { policyName } : {}),
})
const refused = (category: string) => ({ status: 'error', message: 'it was refused', category })
const HOUR_MS = 3_600_000

type Case = [says: string, status: number, body: unknown, retryAfter: string | null, outcome: Outcome]

/** Every status that HubSpot documents or that its users have met. */
const CASES: Case[] = [
  [
    'the rolling limit',
    429,
    rateLimit('TEN_SECONDLY_ROLLING'),
    null,
    { kind: 'snooze', forMs: 10_000, code: 'HUBSPOT_RATE_LIMITED' },
  ],
  ['the limit of a second', 429, rateLimit('SECONDLY'), null, { kind: 'snooze', forMs: 1_000, code: 'HUBSPOT_RATE_LIMITED' }],
  [
    'the limit of a day, whose end nobody tells',
    429,
    rateLimit('DAILY'),
    null,
    { kind: 'snooze', forMs: HOUR_MS, code: 'HUBSPOT_DAILY_LIMIT' },
  ],
  ['a limit without a name', 429, undefined, null, { kind: 'snooze', forMs: 10_000, code: 'HUBSPOT_RATE_LIMITED' }],
  ['a limit with Retry-After', 429, rateLimit('TEN_SECONDLY_ROLLING'), '2', { kind: 'snooze', forMs: 2_000, code: 'HUBSPOT_RATE_LIMITED' }],
  ['a Retry-After of nothing', 429, rateLimit(), '0', { kind: 'snooze', forMs: 1_000, code: 'HUBSPOT_RATE_LIMITED' }],
  [
    'a Retry-After that is a date',
    429,
    rateLimit(),
    'Wed, 21 Oct 2026 07:28:00 GMT',
    { kind: 'snooze', forMs: 10_000, code: 'HUBSPOT_RATE_LIMITED' },
  ],
  ['a Retry-After below nothing', 429, rateLimit(), '-5', { kind: 'snooze', forMs: 10_000, code: 'HUBSPOT_RATE_LIMITED' }],
  [
    'a Retry-After of years',
    429,
    rateLimit(),
    '999999999',
    { kind: 'snooze', forMs: 24 * HOUR_MS, code: 'HUBSPOT_RATE_LIMITED' },
  ],
  ['a lock', 423, refused('LOCKED'), null, { kind: 'retry', forMs: 2_000, code: 'HUBSPOT_UNAVAILABLE' }],
  ['a lock with Retry-After', 423, undefined, '7', { kind: 'retry', forMs: 7_000, code: 'HUBSPOT_UNAVAILABLE' }],
  [
    'an account that moves',
    477,
    refused('MIGRATION_IN_PROGRESS'),
    '60',
    { kind: 'retry', forMs: 60_000, code: 'HUBSPOT_UNAVAILABLE' },
  ],
  [
    'an account that moves and does not say how long',
    477,
    undefined,
    null,
    { kind: 'retry', forMs: 10_000, code: 'HUBSPOT_UNAVAILABLE' },
  ],
  ['no service, with Retry-After', 503, undefined, '3', { kind: 'retry', forMs: 3_000, code: 'HUBSPOT_UNAVAILABLE' }],
  ['no service', 503, undefined, null, { kind: 'retry', code: 'HUBSPOT_UNAVAILABLE' }],
  ['a request that took too long', 408, undefined, null, { kind: 'retry', code: 'HUBSPOT_UNAVAILABLE' }],
  ...[500, 502, 504, 521, 522, 523, 524, 525, 526, 599].map((status): Case => [
    `${status}`,
    status,
    undefined,
    null,
    { kind: 'retry', code: 'HUBSPOT_UNAVAILABLE' },
  ]),
  ['an expired token', 401, refused('EXPIRED_AUTHENTICATION'), null, { kind: 'retry', code: 'HUBSPOT_TOKEN_REJECTED' }],
  ['no credentials', 401, refused('INVALID_AUTHENTICATION'), null, { kind: 'retry', code: 'HUBSPOT_TOKEN_REJECTED' }],
  ['a missing scope', 403, refused('MISSING_SCOPES'), null, { kind: 'retry', code: 'HUBSPOT_FORBIDDEN' }],
  ['a body that is too large', 413, undefined, null, { kind: 'dead', code: 'HUBSPOT_REQUEST_TOO_LARGE' }],
  ['an event type, or an API, that is not there', 404, refused('OBJECT_NOT_FOUND'), null, { kind: 'retry', code: 'EVENT_TYPE_MISSING' }],
  ['an API that is gone', 410, undefined, null, { kind: 'retry', code: 'EVENT_TYPE_MISSING' }],
  ...[400, 405, 409, 415, 422].map((status): Case => [
    `${status}`,
    status,
    refused('VALIDATION_ERROR'),
    null,
    { kind: 'dead', code: 'HUBSPOT_REJECTED_EVENT' },
  ]),
  ...[302, 304, 100].map((status): Case => [
    `${status}, which should not come`,
    status,
    undefined,
    null,
    { kind: 'retry', code: 'HUBSPOT_ANSWER_UNREADABLE' },
  ]),
]

describe('classifyResponse', () => {
  it.each(CASES)('%s (%i)', (_, status, body, retryAfter, outcome) => {
    expect(classifyResponse(status, body, retryAfter)).toEqual({ ...outcome, detail: expect.any(String) })
  })

  it("keeps HubSpot's own words, and its status where it said none", () => {
    expect(classifyResponse(400, { message: 'token "x" is not defined' })).toMatchObject({ detail: 'token "x" is not defined' })
    expect(classifyResponse(502, 'a page')).toMatchObject({ detail: 'HubSpot answered 502' })
  })

  it.each([null, 7, 'text', [], { message: 7, policyName: {} }])('a body of %o is read as one that says nothing', (body) => {
    expect(classifyResponse(429, body)).toEqual({
      kind: 'snooze',
      forMs: 10_000,
      code: 'HUBSPOT_RATE_LIMITED',
      detail: 'HubSpot answered 429',
    })
  })
})
