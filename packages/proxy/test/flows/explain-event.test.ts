import { describe, expect, it } from 'vitest'
import { explainRow, hashOfSubject, spoken } from '../../src/flows/explain-event.ts'
import type { ExplainContext } from '../../src/flows/explain-event.ts'
import type { StoredRow } from '../../src/outbox/event.ts'
import type { AccountState } from '../../src/outbox/store.ts'

const NOW = Date.UTC(2026, 10, 24, 12)
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const CONNECTED: AccountState = { account: 1, leasedUntil: 0, pausedUntil: 0, failures: 0, grant: { state: 'connected', expiresAt: NOW + HOUR } }

function explain(row: Partial<StoredRow>, context: Partial<ExplainContext> = {}) {
  const stored: StoredRow = {
    ...{ seq: 1, account: 1, site: 'main', target: 'timeline-v3', event: 'login', messageId: 'm', eventId: 'e', attempts: 2 },
    ...{ person: { subject: 'ada', email: 'ada@example.com' }, occurredAt: NOW - HOUR, receivedAt: NOW - HOUR, state: 'due', isClaimed: false },
    ...row,
  }
  return explainRow(stored, { now: NOW, account: CONNECTED, giveUpAfterMs: 72 * HOUR, keepDeliveredDays: 8, keepDeadDays: 90, ...context })
}

describe('an event that waits', () => {
  it('for a retry: the latest reason, and when', () => {
    expect(explain({ nextAttemptAt: NOW + MINUTE, code: 'HUBSPOT_UNAVAILABLE', detail: '503 for ada@example.com' })).toMatchObject({
      says: [expect.stringMatching(/^HUBSPOT_UNAVAILABLE: HubSpot answered/), 'in its own words: 503 for [email]'],
      next: 'it is tried again in 1 min, at 2026-11-24 12:01:00 UTC; given up on 2026-11-27 11:00:00 UTC, after 5 attempts at least',
      nextAt: NOW + MINUTE,
    })
  })

  it('for what another version has written down: its code, and where to look', () => {
    const code = 'OF_ANOTHER_VERSION' as never // No type has it.
    expect(explain({ nextAttemptAt: NOW + MINUTE, code })).toMatchObject({ says: ['OF_ANOTHER_VERSION: see docs/errors.md'] })
  })

  it('for its account: until when that pauses, and after how many failures', () => {
    const account = { ...CONNECTED, pausedUntil: NOW + MINUTE, failures: 3 }
    expect(explain({ nextAttemptAt: NOW + MINUTE }, { account }).says).toEqual(['the account pauses until 2026-11-24 12:01:00 UTC, after 3 failures in a row'])
  })

  it.each([
    ['that was never connected', { code: 'NOT_CONNECTED' as const }, { ...CONNECTED, grant: undefined }],
    ['whose connection was withdrawn', { code: 'RECONNECT_NEEDED' as const }, { ...CONNECTED, grant: { state: 'reconnect' as const, expiresAt: 0 } }],
  ])('for an account %s: how to connect it', (_, row, { grant, ...account }) => {
    const explained = explain({ nextAttemptAt: NOW - HOUR, ...row }, { account: { ...account, ...(grant ? { grant } : {}) } })
    expect(explained).toMatchObject({ next: expect.stringMatching(/as soon as the account is connected/), remedy: 'trackline connect --site main' })
  })

  it('for an event type: the command that makes it', () => {
    expect(explain({ nextAttemptAt: NOW + MINUTE, code: 'EVENT_TYPE_MISSING' }).remedy).toBe('trackline events push')
  })

  it('for nobody: it is due, and no process takes it', () => {
    expect(explain({ nextAttemptAt: NOW - HOUR }).remedy).toMatch(/is "trackline serve" running/)
    expect(explain({ nextAttemptAt: NOW }).remedy).toBeUndefined()
  })

  it('for an answer that is on its way', () => {
    const account = { ...CONNECTED, leasedUntil: NOW + 5_000 }
    expect(explain({ isClaimed: true, nextAttemptAt: NOW }, { account })).toMatchObject({ next: 'it is being sent; if the sender is gone, another takes over in 5 s, at 2026-11-24 12:00:05 UTC', nextAt: NOW + 5_000 })
  })

  it('for an email that nothing looks up', () => {
    const waiting = { state: 'needs_identity' as const, nextAttemptAt: NOW + MINUTE }
    expect(explain(waiting, { hasLookup: false })).toMatchObject({
      next: 'it goes out once a later session token of this person has an email; without one it is given up in 2 d 23 h, at 2026-11-27 11:00:00 UTC',
      nextAt: NOW + 71 * HOUR,
      remedy: expect.stringMatching(/^site 'main' has no lookup/),
    })
    expect(explain(waiting, { hasLookup: true })).not.toHaveProperty('remedy')
    expect(explain(waiting)).toMatchObject({ next: 'the look-ups are asked again in 1 min, at 2026-11-24 12:01:00 UTC; it is given up on 2026-11-27 11:00:00 UTC', nextAt: NOW + MINUTE })
  })
})

describe('an event that is finished', () => {
  it('delivered: since when, how long it took, how long it is remembered', () => {
    expect(explain({ state: 'delivered', settledAt: NOW - HOUR + 2_000 })).toMatchObject({
      says: ['HubSpot has it since 2026-11-24 11:00:02 UTC, 2 s after it was received'],
      next: 'it is forgotten in 7 d 23 h, at 2026-12-02 11:00:02 UTC, and stays counted; until then a repeat is answered "duplicate"',
      nextAt: NOW - HOUR + 2_000 + 8 * 24 * HOUR,
    })
  })

  it('dead: why, and how to try it again', () => {
    expect(explain({ state: 'dead', settledAt: NOW, code: 'EMAIL_NOT_FOUND', retriedAt: NOW - MINUTE })).toMatchObject({
      says: ['a dead letter since 2026-11-24 12:00:00 UTC', 'somebody had it tried again on 2026-11-24 11:59:00 UTC', expect.stringMatching(/^EMAIL_NOT_FOUND/)],
      next: 'nothing happens by itself; it is taken out of the list in 90 d, at 2027-02-22 12:00:00 UTC, and stays counted',
      nextAt: NOW + 90 * 24 * HOUR,
      remedy: expect.stringMatching(/then: trackline outbox retry e$/),
    })
  })
})

it('a person is told from others by a hash', () => {
  expect(hashOfSubject('ada')).toMatch(/^[0-9a-f]{12}$/)
  expect(hashOfSubject('ada')).not.toBe(hashOfSubject('grace'))
})

it.each([[0, '0 s'], [90_000, '1 min 30 s'], [90_000_000, '1 d 1 h'], [3_600_000, '1 h'], [-5, '0 s']])('%d ms are spoken of as %s', (ms, says) => {
  expect(spoken(ms)).toBe(says)
})
