import { count, date, defineEvents, elapsed, first, number, oneOf, previous, text, boolean } from '@trackline/shared'

/** One event of each kind that the tests need; `transaction_*` are the case that Trackline was made for. */
export const events = defineEvents({
  login: {
    label: 'Logged in',
    header: 'Logged in with {{method}}',
    properties: {
      method: oneOf(['password', 'sso']),
      lastLogin: date({ derive: previous('login'), contactProperty: 'last_login' }),
      firstLogin: date({ derive: first('login') }),
      logins: number({ derive: count('login') }),
    },
  },
  transaction_initiated: { label: 'Transaction initiated', properties: { transactionId: text() } },
  transaction_completed: {
    label: 'Transaction completed',
    properties: { transactionId: text(), tookMs: number({ derive: elapsed('transaction_initiated', { by: 'transactionId' }) }) },
  },
  profile_changed: {
    label: 'Profile changed',
    header: 'Changed {{field}}',
    detail: 'To {{value}}. {{#each extraData.notes}}{{this}} {{/each}}',
    properties: {
      field: text({ optional: true }),
      value: text({ optional: true }),
      amount: number({ optional: true }),
      confirmed: boolean({ optional: true }),
      since: date({ optional: true }),
      plan: oneOf(['free', 'paid'], { optional: true }),
    },
  },
})
