const SENSITIVITIES = ['', 'sensitive.', 'highly_sensitive.'] as const
const RECORDS = ['contacts', 'companies', 'deals'] as const

/** Every scope this HubSpot knows, with what the consent page says about it. */
export const SCOPES: ReadonlyMap<string, string> = new Map([
  ['oauth', 'Connect on your behalf'],
  ['timeline', 'Add events to the timelines of your records'],
  ['timeline.write', 'Send app events to the timelines of your records'],
  ['tickets', 'View and change your tickets'],
  ...RECORDS.flatMap((record) => [...objectScopes(record), ...schemaScopes(record)]),
  ['developers-read', "View the app's event templates"],
  ['developers-write', "Create and change the app's event templates"],
  ['analytics.behavioral_events.send', 'Send custom events'],
  ['business-intelligence', 'Read the events of your account'],
  ['behavioral_events.event_definitions.read_write', 'Create and change definitions of custom events'],
])

export const ALL_SCOPES: readonly string[] = [...SCOPES.keys()]

/** Any one of these lets an app write timeline events. */
export const EVENT_WRITE_SCOPES = eventScopes('write')

/** Any one of these lets an app send app events. */
export const APP_EVENT_SCOPES: readonly string[] = [...EVENT_WRITE_SCOPES, 'timeline.write']

/** Any one of these lets an app read timeline events. */
export const EVENT_READ_SCOPES = eventScopes('read')

function eventScopes(mode: 'read' | 'write'): readonly string[] {
  return ['timeline', 'tickets', ...ALL_SCOPES.filter((scope) => scope.startsWith('crm.') && scope.endsWith(`.${mode}`))]
}

function objectScopes(record: string): [string, string][] {
  return SENSITIVITIES.flatMap((sensitivity): [string, string][] => [
    [`crm.objects.${record}.${sensitivity}read`, `View ${words(sensitivity)}your ${record}`],
    [`crm.objects.${record}.${sensitivity}write`, `Create and change ${words(sensitivity)}your ${record}`],
  ])
}

function schemaScopes(record: string): [string, string][] {
  return [
    [`crm.schemas.${record}.read`, `View the properties that your ${record} have`],
    [`crm.schemas.${record}.write`, `Create and change properties of your ${record}`],
  ]
}

function words(sensitivity: (typeof SENSITIVITIES)[number]): string {
  return sensitivity === '' ? '' : `${sensitivity.replace('_', ' ').replace('.', '')} values of `
}
