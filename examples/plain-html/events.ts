import { count, date, defineEvents, elapsed, first, number, oneOf, previous, text } from '@trackline/shared'

/**
 * What this site tracks, and what a salesperson reads of it on the contact's timeline.
 *
 * A property with `derive` is computed by the proxy from the same person's history: the page never sends it. It has no value
 * when there is no history yet, hence the `{{#if …}}`.
 */
export const events = defineEvents({
  login: {
    label: 'Logged in',
    header: 'Logged in with {{method}}',
    detail:
      'Login number **{{loginCount}}**.' +
      '{{#if lastLogin}} The one before was on {{#formatDate lastLogin}}{{/formatDate}},' +
      ' the very first on {{#formatDate firstLogin}}{{/formatDate}}.{{/if}}',
    properties: {
      method: oneOf(['password', 'sso'], { label: 'Method' }),
      lastLogin: date({ label: 'Last login', derive: previous('login'), contactProperty: 'last_login' }),
      firstLogin: date({ label: 'First login', derive: first('login') }),
      loginCount: number({ label: 'Number of logins', derive: count('login'), contactProperty: 'login_count' }),
    },
  },

  logout: {
    label: 'Logged out',
    header: 'Logged out',
    detail: '{{#if loggedInAt}}Had logged in on {{#formatDate loggedInAt}}{{/formatDate}}.{{/if}}',
    properties: {
      loggedInAt: date({ label: 'Logged in at', derive: previous('login') }),
    },
  },

  transaction_initiated: {
    label: 'Transfer started',
    header: 'Started a transfer of {{amount}} {{currency}} to {{recipient}}',
    detail:
      'Transfer number **{{transferCount}}** of this customer, reference {{transactionId}}\n\n' +
      // extraData: what only this event's detail shows, of any shape; no HubSpot property is needed for it.
      '{{#each extraData.items}}- {{this.label}}: **{{this.amount}}**\n{{/each}}',
    properties: {
      transactionId: text({ label: 'Reference' }),
      amount: number({ label: 'Amount' }),
      currency: text({ label: 'Currency' }),
      recipient: text({ label: 'Recipient' }),
      transferCount: number({ label: 'Number of transfers', derive: count('transaction_initiated') }),
    },
  },

  transaction_completed: {
    label: 'Transfer completed',
    header: 'Completed the transfer of {{amount}} {{currency}} to {{recipient}}',
    detail: 'Reference {{transactionId}}{{#if tookMs}}, completed **{{tookMs}} ms** after it was started{{/if}}',
    properties: {
      transactionId: text({ label: 'Reference' }),
      amount: number({ label: 'Amount' }),
      currency: text({ label: 'Currency' }),
      recipient: text({ label: 'Recipient' }),
      tookMs: number({ label: 'Time to complete (ms)', derive: elapsed('transaction_initiated', { by: 'transactionId' }) }),
    },
  },

  transaction_cancelled: {
    label: 'Transfer cancelled',
    header: 'Cancelled the transfer of {{amount}} {{currency}} to {{recipient}}: {{reason}}',
    detail: 'Reference {{transactionId}}{{#if tookMs}}, cancelled **{{tookMs}} ms** after it was started{{/if}}',
    properties: {
      transactionId: text({ label: 'Reference' }),
      amount: number({ label: 'Amount' }),
      currency: text({ label: 'Currency' }),
      recipient: text({ label: 'Recipient' }),
      reason: oneOf(['changed my mind', 'wrong recipient', 'fee too high'], { label: 'Reason' }),
      tookMs: number({ label: 'Time to cancel (ms)', derive: elapsed('transaction_initiated', { by: 'transactionId' }) }),
    },
  },
})

export type Events = typeof events
