/** An event of which we know what to say: the makers it uses, and its members as source. */
interface KnownEvent {
  makers: readonly string[]
  source: string
}

const TRANSACTION = /^transaction_(initiated|completed|cancelled)$/

/** The source of a new `events.ts`, with a definition to begin with for each name. */
export function newEventsSource(names: readonly string[]): string {
  const events = names.map((name) => ({ name, ...defined(name, names) }))
  const makers = [...new Set(events.flatMap((event) => event.makers))].sort()
  return `import { ${['defineEvents', ...makers].sort().join(', ')} } from '@trackline/shared'

export const events = defineEvents({
${events.map(({ name, source }) => `  ${name}: {\n${source}\n  },`).join('\n')}
})
export type Events = typeof events
`
}

function defined(name: string, names: readonly string[]): KnownEvent {
  if (name === 'login') return LOGIN
  return TRANSACTION.test(name) ? transaction(name, names) : counted(name)
}

const LOGIN: KnownEvent = {
  makers: ['count', 'date', 'last', 'number', 'oneOf'],
  source: `    label: 'Logged in',
    header: 'Logged in{{#if method}} with {{method}}{{/if}}',
    properties: {
      method: oneOf(['password', 'sso'], { optional: true }),
      // When this person logged in last, and how often: computed here, and written to the contact.
      lastLogin: date({ derive: last('login'), contactProperty: 'last_login' }),
      loginCount: number({ derive: count('login'), contactProperty: 'login_count' }),
    },`,
}

function transaction(name: string, names: readonly string[]): KnownEvent {
  const isTimed = name !== 'transaction_initiated' && names.includes('transaction_initiated')
  const timed = `\n      tookMs: number({ derive: elapsed('transaction_initiated', { by: 'transactionId' }) }),`
  return {
    makers: ['date', 'last', 'text', ...(isTimed ? ['elapsed', 'number'] : [])],
    source: `    label: ${label(name)},
    properties: {
      transactionId: text(),${isTimed ? timed : ''}
      lastOne: date({ derive: last('${name}'), contactProperty: 'last_${name}' }),
    },`,
  }
}

function counted(name: string): KnownEvent {
  return {
    makers: ['count', 'number'],
    source: `    label: ${label(name)},
    properties: {
      times: number({ derive: count('${name}'), contactProperty: '${name}_count' }),
    },`,
  }
}

function label(name: string): string {
  const words = name.replaceAll('_', ' ')
  return `'${words.charAt(0).toUpperCase()}${words.slice(1)}'`
}
