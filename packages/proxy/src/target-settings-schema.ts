import { Type } from 'typebox'
import type { Static, TProperties } from 'typebox'

const PATH = '^(/[A-Za-z0-9_.-]+)+$'

export const V1_METHODS = ['POST', 'PUT'] as const
export const APP_EVENTS_VERSIONS = ['2026-03', 'v4'] as const
export const CUSTOM_EVENTS_VERSIONS = ['2026-03', 'v3'] as const

function choice<const Choice extends string>(choices: readonly Choice[], description: string) {
  return Type.Unsafe<Choice>(Type.Union(choices.map((each) => Type.Literal(each)), { default: choices[0], description }))
}

interface Limits {
  batchSize: number
  maxBatchSize: number
  /** What is known of it. */
  limit?: string
  scopes: string
}

/** What every target lets be set; `more` are its own settings. */
function target<More extends TProperties>({ batchSize, maxBatchSize, limit = `HubSpot takes ${maxBatchSize}`, scopes }: Limits, more: More) {
  return Type.Object(
    {
      ...more,
      batchSize: Type.Integer({ minimum: 1, maximum: maxBatchSize, default: batchSize, description: `Most events of one request; ${limit}` }),
      scopes: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { description: `OAuth scopes that it needs. Default: ${scopes}` })),
    },
    { additionalProperties: false, default: {} },
  )
}

function path(description: string, value: string) {
  return Type.String({ pattern: PATH, default: value, description })
}

function versionPath(description: string) {
  return Type.Optional(Type.String({ pattern: PATH, description }))
}

/** How each target is reached: HubSpot moves its paths about, and what an app is entitled to differs. */
export const TargetSettingsSchema = Type.Object(
  {
    'timeline-v1': target(
      { batchSize: 100, maxBatchSize: 100, scopes: '`timeline`' },
      {
        method: choice(V1_METHODS, 'How events are written: `POST`, as HubSpot takes them since 2 December 2024, or `PUT`, as before'),
        path: path('Where the API lies', '/integrations/v1'),
      },
    ),
    'timeline-v3': target(
      { batchSize: 100, maxBatchSize: 500, limit: 'HubSpot names no limit, and takes 100', scopes: '`timeline`' },
      { path: path('Where the API lies; `/crm/v3/timeline` is its older name', '/integrators/timeline/v3') },
    ),
    'app-events': target(
      { batchSize: 100, maxBatchSize: 500, scopes: '`timeline`' },
      {
        version: choice(APP_EVENTS_VERSIONS, 'Version of the API'),
        path: versionPath('Where the API lies. Default: `/integrators/timeline/` and the version'),
      },
    ),
    'custom-events': target(
      { batchSize: 500, maxBatchSize: 500, scopes: '`analytics.behavioral_events.send`, and `behavioral_events.event_definitions.read_write` to define them' },
      {
        version: choice(CUSTOM_EVENTS_VERSIONS, 'Version of the API'),
        path: versionPath('Where the API lies. Default: `/events/` and the version'),
      },
    ),
    'contact-properties': target(
      { batchSize: 100, maxBatchSize: 100, scopes: '`crm.objects.contacts.write`' },
      {
        path: path('Where the API lies', '/crm/v3/objects/contacts'),
        propertiesPath: path('Where the API of the properties themselves lies', '/crm/v3/properties/contacts'),
      },
    ),
  },
  { additionalProperties: false, default: {} },
)

export type TargetSettings = Static<typeof TargetSettingsSchema>
