import { createTracker } from '@trackline/snippet'
import type { Outcome } from '@trackline/snippet'
import { defineEvents, date, oneOf, previous, text } from '@trackline/shared'
import { expectTypeOf, test } from 'vitest'

// Only its type is used.
const _events = defineEvents({
  login: { properties: { method: oneOf(['password', 'sso']), lastLogin: date({ derive: previous('login') }) } },
  logout: {},
  transfer: { properties: { transactionId: text(), note: text({ optional: true }) } },
})

const typed = createTracker<typeof _events>({ endpoint: 'https://t.example.com/v1/batch', session: () => undefined })
const untyped = createTracker({ endpoint: 'https://t.example.com/v1/batch', session: async () => 'token' })

test('right calls compile, and give an outcome', () => {
  expectTypeOf(typed.track('login', { method: 'sso' })).toEqualTypeOf<Promise<Outcome>>()
  typed.track('logout')
  typed.track('logout', {}, { timestamp: new Date(), messageId: 'm1', extraData: { items: [1] } })
  typed.track('transfer', { transactionId: 't1' })
})

test('wrong calls do not compile', () => {
  // @ts-expect-error the event is not defined
  typed.track('logn', { method: 'sso' })
  // @ts-expect-error a property is missing
  typed.track('transfer')
  // @ts-expect-error the property is derived
  typed.track('login', { method: 'sso', lastLogin: new Date() })
  // @ts-expect-error the option does not exist
  typed.track('logout', {}, { email: 'ada@example.com' })
  // @ts-expect-error the choice does not exist
  typed.consent('granted')
})

test('without definitions any event and any flat properties compile', () => {
  untyped.track('anything')
  untyped.track('anything', { amount: 1, note: 'text' }, { messageId: 'm1' })
  // @ts-expect-error a name is text
  untyped.track(7)
})
