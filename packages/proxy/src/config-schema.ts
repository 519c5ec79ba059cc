import { Type } from 'typebox'
import type { Static } from 'typebox'
import { TARGETS } from './outbox/event.ts'
import type { TargetName } from './outbox/event.ts'
import { SERVER_KEY_ENTRY } from './server-key-entry.ts'
import { TargetSettingsSchema } from './target-settings-schema.ts'

const closed = { additionalProperties: false }

export const REQUIRE_VERIFIED = [true, false, 'if-present'] as const
export const TEMPLATE_ACCESS = ['developer-key', 'oauth'] as const
export const OAUTH_VERSIONS = ['2026-03', 'v3', 'v1'] as const

const HubSpotSchema = Type.Object(
  {
    clientId: Type.String({ minLength: 1, description: 'Client id of your HubSpot app. Not a secret' }),
    clientSecret: Type.String({ minLength: 1, description: 'Client secret of your HubSpot app. From the environment' }),
    appId: Type.Integer({ minimum: 1, description: 'Number of your HubSpot app' }),
    developerKey: Type.Optional(Type.String({ minLength: 1, description: 'Developer API key of your developer account: it manages event templates and never sends events. May be left out where `ids` names every template' })),
    templateAccess: Type.Unsafe<(typeof TEMPLATE_ACCESS)[number]>(Type.Union(TEMPLATE_ACCESS.map((access) => Type.Literal(access)), { default: 'developer-key', description: 'What lets us read and change event templates of v3: `developer-key`, or `oauth`: the grant of a connected account, with the scopes `developers-read` and `developers-write`' })),
    ids: Type.Optional(Type.Record(Type.String(), Type.String({ pattern: '^[0-9]+$' }), { description: 'Template ids by event name, for templates that are not to be found by their name' })),
    baseUrl: Type.String({ default: 'https://api.hubapi.com', description: 'Origin of the API; the emulator\'s address while developing' }),
    appUrl: Type.String({ default: 'https://app.hubspot.com', description: 'Origin of the consent page' }),
    oauthVersion: Type.Unsafe<(typeof OAUTH_VERSIONS)[number]>(Type.Union(OAUTH_VERSIONS.map((version) => Type.Literal(version)), { default: '2026-03', description: 'Version of the token endpoints' })),
    scopes: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { description: 'OAuth scopes to ask for. Default: what the targets and the stamped contact properties need' })),
    requestsPer10Seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Most requests to HubSpot for one account in 10 seconds, where it is to be fewer than HubSpot allows. Default: what its answers say, 110 until the first' })),
    targets: TargetSettingsSchema,
    timeoutMs: Type.Integer({ minimum: 100, maximum: 120_000, default: 20_000, description: 'Longest wait for an answer of HubSpot, in milliseconds' }),
  },
  closed,
)

const RetrySchema = Type.Object(
  {
    firstMs: Type.Integer({ minimum: 1, default: 10_000, description: 'Longest wait after the first failure, in milliseconds; it doubles with each further one' }),
    maxMs: Type.Integer({ minimum: 1, default: 3_600_000, description: 'Longest wait between two attempts, in milliseconds' }),
    giveUpAfterMs: Type.Integer({ minimum: 1, default: 259_200_000, description: 'Age at which an event that cannot be delivered becomes a dead letter, in milliseconds (72 hours)' }),
  },
  closed,
)

const OutboxSchema = Type.Object(
  {
    maxRows: Type.Integer({ minimum: 1, default: 50_000_000, description: 'Stored promises, delivered ones that are still remembered included, beyond which events are answered 503' }),
    maxBytes: Type.Integer({ minimum: 1_000_000, default: 20_000_000_000, description: 'Bytes in use of the SQLite file and its log beyond which events are answered 503; PostgreSQL is bounded by `maxRows` alone' }),
    keepDeliveredDays: Type.Integer({ minimum: 1, maximum: 3_650, default: 8, description: 'Days that a delivered event is remembered, so that its repeats are answered `duplicate`; the snippet may repeat one for 7 days' }),
    keepDeadDays: Type.Integer({ minimum: 1, maximum: 36_500, default: 90, description: 'Days that a dead letter is kept for a person to look at; after that it is only counted' }),
    keepIdentityDays: Type.Integer({ minimum: 7, maximum: 36_500, default: 365, description: 'Days that the email of a person is remembered after a source last told it; found again when it is needed' }),
  },
  closed,
)

const LimitsSchema = Type.Object(
  {
    perSubjectPerMinute: Type.Union([Type.Integer({ minimum: 1 }), Type.Literal(false)], { default: 120, description: 'Events that one person may send in a minute; `false`: any number. Server keys are not counted' }),
  },
  closed,
)

/** Members of `sites` with another name are not checked by the schema at all: `config-problems.ts` refuses them. */
export const SITE_NAME = '^[a-z0-9][a-z0-9_-]{0,49}$'

export const SiteSchema = Type.Object(
  {
    origins: Type.Array(Type.String(), { description: 'Origins of the pages that may send, each exactly as a browser names it: scheme, host, port' }),
    session: Type.Unknown({ description: 'How session tokens are verified: `sharedSecret`, `publicKey`, `jwks`, a provider\'s preset such as `auth0`, or a list of them' }),
    email: Type.Optional(Type.Unknown({ description: 'Where a person\'s email is found, tried in order: `claim(…)`, `userinfo()`, `lookup(…)`, …. Default: the claim in which the session\'s provider puts it' })),
    requireVerified: Type.Unsafe<boolean | 'if-present'>(Type.Union(REQUIRE_VERIFIED.map((choice) => Type.Literal(choice)), { default: 'if-present', description: 'Which emails count. `true`: those said to be verified; `\'if-present\'`: all but those said to be unverified; `false`: all' })),
    internationalEmails: Type.Boolean({ default: false, description: 'Whether emails may have letters beyond ASCII, which can look like others' }),
    portal: Type.Integer({ minimum: 1, description: 'Number of the HubSpot account (Hub ID) that the events go to' }),
    targets: Type.Unsafe<TargetName[]>(Type.Array(Type.Union(TARGETS.map((target) => Type.Literal(target))), { minItems: 1, uniqueItems: true, default: ['timeline-v3'], description: 'Where in HubSpot an event is recorded' })),
    serverKeys: Type.Array(Type.String({ pattern: SERVER_KEY_ENTRY }), { default: [], description: 'Digests of server keys, each with what the key may do and until when, as `trackline keys generate --server` prints them' }),
  },
  closed,
)

/**
 * The plain part of the configuration. What is a function or made by one (`session`, `email`, `events`) is checked in
 * `config-problems.ts`.
 *
 * docs/configuration.md has a row for each field; a test compares names, defaults and descriptions.
 */
export const ConfigSchema = Type.Object(
  {
    publicUrl: Type.String({ description: 'Where browsers reach the proxy: https, or http on this machine' }),
    host: Type.String({ minLength: 1, default: '127.0.0.1', description: 'Address to listen on; `0.0.0.0` in a container' }),
    port: Type.Integer({ minimum: 0, maximum: 65_535, default: 4400, description: 'Port to listen on; `--port` goes before it' }),
    store: Type.String({ default: 'sqlite:./data/trackline.db', description: 'Where the outbox lies: `sqlite:` and a path, relative to the configuration file; or the `postgres://` URL of a database that several processes share, from the environment. Named and empty, it is an error' }),
    keys: Type.String({ minLength: 1, description: 'Keys that seal OAuth grants, `k2:base64,k1:base64`: the first seals, all open. From the environment; `trackline keys generate` makes one' }),
    hubspot: HubSpotSchema,
    sites: Type.Record(Type.String({ pattern: SITE_NAME }), SiteSchema),
    limits: LimitsSchema,
    retry: RetrySchema,
    outbox: OutboxSchema,
    events: Type.Unknown({ description: 'What `defineEvents` returned' }),
  },
  closed,
)

export type PlainConfig = Static<typeof ConfigSchema>
export type PlainSite = Static<typeof SiteSchema>
