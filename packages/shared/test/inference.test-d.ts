import { defineEvents, date, elapsed, number, oneOf, previous, text } from '@trackline/shared'
import type { SentProperties, TrackArguments } from '@trackline/shared'
import { expectTypeOf, test } from 'vitest'

// Only its type is used.
const _events = defineEvents({
  login: {
    properties: {
      method: oneOf(['password', 'sso']),
      device: text({ optional: true }),
      lastLogin: date({ derive: previous('login'), contactProperty: 'last_login' }),
    },
  },
  logout: {},
  transaction_initiated: { properties: { transactionId: text() } },
  transaction_completed: {
    properties: { transactionId: text(), tookMs: number({ derive: elapsed('transaction_initiated', { by: 'transactionId' }) }) },
  },
})

type Events = typeof _events
declare function track<Name extends keyof Events & string>(event: Name, ...rest: TrackArguments<Events[Name], object>): void

test('a client sends what it must, may send what it knows, and never what is derived', () => {
  expectTypeOf<SentProperties<Events['login']>>().toEqualTypeOf<{ method: 'password' | 'sso'; device?: string | null | undefined }>()
  expectTypeOf<SentProperties<Events['transaction_completed']>>().toEqualTypeOf<{ transactionId: string }>()
})

test('right calls compile', () => {
  track('login', { method: 'sso' })
  track('login', { method: 'password', device: 'phone' })
  track('logout')
  track('logout', {})
})

test('wrong calls do not compile', () => {
  // @ts-expect-error the event is not defined
  track('logn', { method: 'sso' })
  // @ts-expect-error a property is missing
  track('login', {})
  // @ts-expect-error all properties are missing
  track('login')
  // @ts-expect-error the value is not one of the enumeration's
  track('login', { method: 'ssoo' })
  // @ts-expect-error the property is unknown
  track('login', { method: 'sso', methd: 'sso' })
  // @ts-expect-error the property is derived
  track('login', { method: 'sso', lastLogin: 0 })
  // @ts-expect-error a derivation of a moment does not fit a number
  number({ derive: previous('login') })
})
