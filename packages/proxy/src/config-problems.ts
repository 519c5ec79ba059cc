import type { SessionPreset } from '@trackline/session'
import { didYouMean, findDefinitionProblems, quote } from '@trackline/shared'
import type { EventDefinitions } from '@trackline/shared'
import { Type } from 'typebox'
import type { TSchema } from 'typebox'
import { Settings } from 'typebox/system'
import { Value } from 'typebox/value'
import { ConfigSchema, OAUTH_VERSIONS, REQUIRE_VERIFIED, SITE_NAME, SiteSchema, TEMPLATE_ACCESS } from './config-schema.ts'
import type { PlainConfig, PlainSite } from './config-schema.ts'
import { sourcesOfPeople } from './identity/sources-of-people.ts'
import { isLoopback } from './is-loopback.ts'
import { isOrigin } from './is-origin.ts'
import { TARGETS } from './outbox/event.ts'
import { APP_EVENTS_VERSIONS, CUSTOM_EVENTS_VERSIONS, V1_METHODS } from './target-settings-schema.ts'
import type { TargetName } from './outbox/event.ts'

/** TypeBox stops at 8 unless told otherwise. */
const MAX_PROBLEMS = 1_000
const SITE_NAMED = new RegExp(SITE_NAME)
const SITES = Type.Object({ sites: ConfigSchema.properties.sites })

/** True for a field in which, and in whatever holds it, the schema found nothing wrong: it may be read by its type. */
type IsSound = (field: string) => boolean

/** Says, a line each, what is wrong with a configuration whose defaults are filled in: every problem at once. [] when nothing is. */
export function findConfigProblems(plain: unknown, { areSitesFound } = { areSitesFound: false }): string[] {
  const problems = schemaProblems(ConfigSchema, plain)
  const isSound = soundAfter(problems)
  // Each check below reads sound fields only, and those have the schema's types.
  const others = meaningProblems(plain as PlainConfig, isSound)
  const isEmpty = isSound('sites') && Object.keys(Object(valueAt(plain, 'sites'))).length === 0
  return [...problems, ...others, ...(isEmpty && !areSitesFound ? ['sites must name at least one site, or be a function that finds one'] : [])]
}

/** The same of one site that was looked up. */
export function findSiteProblems(name: unknown, site: unknown): string[] {
  if (typeof name !== 'string' || !SITE_NAMED.test(name)) return [wrongName(quote(name))]
  const sites = { [name]: site }
  const problems = schemaProblems(SITES, { sites })
  // Sound fields only, as above.
  return [...problems, ...sitesProblems(sites as PlainConfig['sites'], soundAfter(problems))]
}

function soundAfter(problems: readonly string[]): IsSound {
  const unsound = problems.map((line) => line.split(/[ :]/)[0] ?? '')
  return (field) => !unsound.some((each) => each === '' || each === field || field.startsWith(`${each}.`))
}

function schemaProblems(schema: TSchema, plain: unknown): string[] {
  Settings.Set({ maxErrors: MAX_PROBLEMS })
  return [...Value.Errors(schema, plain)].flatMap((error) => {
    const path = error.instancePath.slice(1).replaceAll('/', '.')
    const value = valueAt(plain, path)
    switch (error.keyword) {
      // Each literal of a union complains; `anyOf` says it once.
      case 'const':
        return []
      case 'anyOf':
        return [oneOfProblem(path, value)]
      case 'minLength':
        return [`${path} must be set${hintFor(path.split('.').at(-1) ?? '')}`]
      case 'required':
        return error.params.requiredProperties.map((name) => `${joined(path, name)} must be set${hintFor(name)}`)
      case 'additionalProperties':
        return error.params.additionalProperties.map((name) => surplus(path, name))
      // Says the same as `additionalProperties`, without the name.
      case 'boolean':
        return []
      default:
        return [`${path} ${error.message}: got ${isSecret(path) ? 'something else' : quote(value)}`]
    }
  })
}

/** What a field of several literals takes. */
const CHOICES: readonly { path: RegExp; values: readonly string[] }[] = [
  { path: /\.targets\.\d+$/, values: TARGETS },
  { path: /^hubspot\.oauthVersion$/, values: OAUTH_VERSIONS },
  { path: /^hubspot\.targets\.timeline-v1\.method$/, values: V1_METHODS },
  { path: /^hubspot\.targets\.app-events\.version$/, values: APP_EVENTS_VERSIONS },
  { path: /^hubspot\.targets\.custom-events\.version$/, values: CUSTOM_EVENTS_VERSIONS },
  { path: /^hubspot\.templateAccess$/, values: TEMPLATE_ACCESS },
  { path: /\.requireVerified$/, values: REQUIRE_VERIFIED.map(String) },
]

function oneOfProblem(path: string, value: unknown): string {
  const values = CHOICES.find((choice) => choice.path.test(path))?.values
  if (!values) return `${path} must be a whole number of at least 1, or false: got ${quote(value)}`
  const hint = typeof value === 'string' ? didYouMean(value, values) : ''
  return `${path} must be one of ${values.join(', ')}: got ${quote(value)}${hint}`
}

function hintFor(name: string): string {
  if (name === 'keys') return ': run "trackline keys generate" and put the line into TRACKLINE_KEYS'
  if (name === 'clientSecret') return ': it is on the "Auth" page of your HubSpot app; take it from the environment'
  return ''
}

function surplus(path: string, name: string): string {
  return `${joined(path, name)} is not an option${didYouMean(name, optionsAt(path))}`
}

function optionsAt(path: string): string[] {
  if (path.startsWith('sites.')) return Object.keys(SiteSchema.properties)
  const names = path.split('.').filter(Boolean)
  const properties = (schema: unknown) => Object(Reflect.get(Object(schema), 'properties'))
  return Object.keys(properties(names.reduce<unknown>((schema, name) => Reflect.get(properties(schema), name), ConfigSchema)))
}

function isSecret(path: string): boolean {
  return /secret|key/i.test(path)
}

function joined(path: string, name: string): string {
  return path ? `${path}.${name}` : name
}

function valueAt(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined), value)
}

function meaningProblems(plain: PlainConfig, isSound: IsSound): string[] {
  return [
    ...urlProblems(plain, isSound),
    ...(isSound('store') ? storeProblems(plain) : []),
    ...eventProblems(plain, isSound),
    ...(isSound('sites') ? sitesProblems(plain.sites, isSound) : []),
  ]
}

function wrongName(name: string): string {
  return `sites.${name}: a site's name must be 1–50 lower-case letters, digits, _ or -; the first one neither _ nor -`
}

function sitesProblems(sites: PlainConfig['sites'], isSound: IsSound): string[] {
  const originOwners = new Map<string, string>()
  return Object.entries(sites).flatMap(([name, site]) => {
    if (!SITE_NAMED.test(name)) return [wrongName(name)]
    if (!isSound(`sites.${name}`)) return []
    const origins = isSound(`sites.${name}.origins`) ? site.origins : []
    const claimed = origins.flatMap((origin) => {
      const owner = originOwners.get(origin)
      originOwners.set(origin, name)
      return owner === undefined ? [] : [`sites.${name}.origins: ${quote(origin)} is listed for '${owner}' too`]
    })
    return [...claimed, ...oneSiteProblems(`sites.${name}`, { ...site, origins }, isSound)]
  })
}

function urlProblems(plain: PlainConfig, isSound: IsSound): string[] {
  return ['publicUrl', 'hubspot.baseUrl', 'hubspot.appUrl'].filter(isSound).flatMap((name) => {
    const url = valueAt(plain, name)
    if (typeof url === 'string' && isOrigin(url) && isSecureOrLocal(url)) return []
    return [`${name} must be an origin such as https://t.example.com (http on this machine only): got ${quote(url)}`]
  })
}

/** `postgres://user:password@one:5432,two:5432/app`: a standby may stand beside the primary, which a URL has no form for. */
const FURTHER_HOSTS = /,[^@/?#]*(?=[/?#]|$)/

function storeProblems({ store }: PlainConfig): string[] {
  if (store === '') return ['store must be set, where it is named: is its variable in the environment? Left out, it is sqlite:./data/trackline.db']
  if (/^sqlite:.+/.test(store) || (isPostgres(store) && URL.canParse(store.replace(FURTHER_HOSTS, '')))) return []
  // The URL holds a password: nothing of it is shown.
  if (isPostgres(store))
    return ['store is not a URL that can be read: in its password, write %23 for #, %2F for /, %3A for :, %40 for @']
  return [`store must be 'sqlite:' and a path, or a postgres:// URL: got ${quote(store.replace(/:.*/s, ':…'))}`]
}

/** Whether `store` means a PostgreSQL database, readable or not. */
export function isPostgres(store: string): boolean {
  return /^postgres(ql)?:\/\//.test(store)
}

function eventProblems({ events, hubspot, sites }: PlainConfig, isSound: IsSound): string[] {
  if (!isSound('events')) return []
  if (typeof events !== 'object' || events === null) return [`events must be what defineEvents returned: got ${quote(events)}`]
  // What defineEvents has passed has none.
  const unsound = findDefinitionProblems(events as EventDefinitions).map((line) => `events: ${line}`)
  if (unsound.length || !isSound('hubspot') || !isSound('hubspot.ids')) return unsound
  const names = Object.keys(events)
  const unknown = Object.keys(hubspot.ids ?? {}).filter((name) => !names.includes(name))
  const problems = unknown.map((name) => `hubspot.ids.${name}: no such event is defined${didYouMean(name, names)}`)
  const withoutId = names.filter((name) => hubspot.ids?.[name] === undefined)
  if (hubspot.developerKey === undefined && withoutId.length && isSound('sites') && needsDeveloperKey(sites, hubspot.templateAccess)) {
    problems.push(
      `hubspot.developerKey must be set, or hubspot.ids must name a template for each event: ${withoutId.join(', ')} have none`,
    )
  }
  return problems
}

/** The numbers of event types and templates have to be found; v1 shows them to the developer key alone. */
function needsDeveloperKey(sites: PlainConfig['sites'], templateAccess: PlainConfig['hubspot']['templateAccess']): boolean {
  // A function's sites use timeline-v3 unless they name another target.
  const uses = (target: TargetName) => (typeof sites === 'function' ? target === 'timeline-v3' : Object.values(sites).some((site) => site.targets.includes(target)))
  return uses('timeline-v1') || (uses('timeline-v3') && templateAccess === 'developer-key')
}

function oneSiteProblems(path: string, { origins, session, email }: PlainSite, isSound: IsSound): string[] {
  const problems = origins
    .filter((origin) => !isOrigin(origin))
    .map(
      (origin) =>
        `${path}.origins: ${quote(origin)} is not an origin; write ${origin.includes('*') ? 'each as a browser does, or let `sites` be a function' : 'it as a browser does, such as https://app.example.com'}`,
    )
  const presets = [session].flat()
  const arePresets =
    presets.length > 0 && presets.every((preset) => typeof preset === 'object' && preset !== null && 'keySource' in preset)
  // Text here is most likely the secret itself.
  const got = typeof session === 'string' ? 'text' : quote(session)
  if (!arePresets && isSound(`${path}.session`))
    problems.push(`${path}.session must be made by sharedSecret, publicKey or jwks: got ${got}`)
  // What has a key source was made by a preset's function.
  if (arePresets) problems.push(...sameSubjectProblems(`${path}.session`, presets as SessionPreset[]))
  const areSources = email === undefined || (Array.isArray(email) && email.length > 0 && email.every((source) => source?.kind === 'claim' || typeof source?.open === 'function'))
  if (!areSources) problems.push(`${path}.email must be a list of sources, such as [claim('email'), userinfo()]: got ${quote(email)}`)
  return problems
}

/**
 * The issuer tells people of the same `sub` apart, where a site has several presets. Several of one kind may go without: while a
 * secret is changed, the old one and the new one speak of the same people.
 */
function sameSubjectProblems(path: string, presets: readonly SessionPreset[]): string[] {
  const kinds = sourcesOfPeople(presets.filter(({ issuers }) => issuers.length === 0))
  if (kinds.length < 2) return []
  return [`${path}: ${kinds.flat().join(' and ')} name no issuer, so two people with the same sub would be taken for one: give all but one an "issuer" that its tokens carry, or each a site of its own`]
}

function isSecureOrLocal(url: string): boolean {
  const { protocol } = new URL(url)
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(url))
}
