import { dirname, resolve } from 'node:path'
import { didYouMean, quote } from '@trackline/shared'
import type { EventDefinitions } from '@trackline/shared'
import type { SessionPreset } from '@trackline/session'
import { Value } from 'typebox/value'
import { ConfigSchema, SiteSchema } from './config-schema.ts'
import type { PlainConfig, PlainSite } from './config-schema.ts'
import { claim } from './identity/email-source.ts'
import type { EmailSource } from './identity/email-source.ts'

/** One website (or a few that share their users) and the HubSpot account that its events go to. */
export interface Site extends Omit<PlainSite, 'session' | 'email'> {
  name: string
  session: readonly SessionPreset[]
  email: readonly EmailSource[]
}

/** The configuration as the service uses it: checked, and every default filled in. */
export interface Config extends Omit<PlainConfig, 'sites' | 'events'> {
  sites: Readonly<Record<string, Site>>
  events: EventDefinitions
}

type Options<T, Required extends keyof T> = { [K in Required]: T[K] } & { [K in Exclude<keyof T, Required>]?: T[K] | undefined }

export interface SiteOptions extends Options<Omit<PlainSite, 'session' | 'email'>, 'origins' | 'portal'> {
  session: SessionPreset | readonly SessionPreset[]
  email?: readonly EmailSource[]
}

/** What `trackline.config.ts` exports. Every field is explained in docs/configuration.md. */
export interface ConfigOptions extends Options<Pick<PlainConfig, 'publicUrl' | 'host' | 'port' | 'store' | 'keys'>, 'publicUrl'> {
  hubspot: Options<PlainConfig['hubspot'], 'clientId' | 'appId'>
  sites: Record<string, SiteOptions>
  limits?: Partial<PlainConfig['limits']> | false
  retry?: Partial<PlainConfig['retry']>
  events: EventDefinitions
}

/** Gives back what it was given, with types to write it by. The configuration is checked when a command reads it. */
export function defineConfig(options: ConfigOptions): ConfigOptions {
  return options
}

/**
 * Checks the configuration and fills in the defaults.
 *
 * @param file  the configuration file's path: relative paths in it start there
 * @throws TypeError that names every problem at once: the field, what is expected, what came
 */
export function resolveConfig(options: ConfigOptions, file: string): Config {
  const limits = options.limits === false ? { perSubjectPerMinute: false } : (options.limits ?? {})
  const given = withoutUndefined({ ...options, limits, retry: options.retry ?? {} })
  const plain: unknown = Value.Default(ConfigSchema, withSiteDefaults(given))
  const problems = schemaProblems(plain)
  if (problems.length === 0) problems.push(...meaningProblems(plain as PlainConfig))
  if (problems.length) throw new TypeError(`the configuration cannot be used:\n${problems.map((line) => `  ${line}`).join('\n')}`)
  // Both checks passed: it has the schema's shape, and sessions, sources and events were looked at one by one.
  return finish(plain as PlainConfig, file)
}

function schemaProblems(plain: unknown): string[] {
  return [...Value.Errors(ConfigSchema, plain)].flatMap((error) => {
    const path = error.instancePath.slice(1).replaceAll('/', '.')
    if (error.keyword === 'required') return error.params.requiredProperties.map((name: string) => `${joined(path, name)} must be set${hintFor(name)}`)
    if (error.keyword === 'additionalProperties') {
      const known = Object.keys((Value.Create(ConfigSchema) as object) ?? {})
      return error.params.additionalProperties.map((name: string) => `${joined(path, name)} is not an option${didYouMean(name, known)}`)
    }
    if (error.keyword === 'anyOf' || error.keyword === 'const') return [`${path} ${error.message}: got ${quote(valueAt(plain, path))}`]
    const value = /secret|key/i.test(path) ? 'something else' : quote(valueAt(plain, path))
    return [`${path} ${error.message}: got ${value}`]
  })
}

function hintFor(name: string): string {
  if (name === 'keys') return ': run "trackline keys generate" and put the line into TRACKLINE_KEYS'
  if (name === 'clientSecret') return ': it is on the "Auth" page of your HubSpot app; take it from the environment'
  return ''
}

function joined(path: string, name: string): string {
  return path ? `${path}.${name}` : name
}

function valueAt(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined), value)
}

/** `Value.Default` does not look into records. */
function withSiteDefaults(given: unknown): unknown {
  const sites: unknown = valueAt(given, 'sites')
  if (typeof given !== 'object' || typeof sites !== 'object' || sites === null) return given
  return { ...given, sites: Object.fromEntries(Object.entries(sites).map(([name, site]) => [name, Value.Default(SiteSchema, site)])) }
}

/** A variable that is not set leaves `undefined` behind; the schema calls that "not set". */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => {
      if (member === undefined) return []
      // Presets, sources and definitions are not ours to copy.
      return [[key, ['session', 'email', 'events'].includes(key) ? member : withoutUndefined(member)]]
    }),
  )
}

function meaningProblems(plain: PlainConfig): string[] {
  const originOwners = new Map<string, string>()
  const siteProblems = Object.entries(plain.sites).flatMap(([name, site]) => {
    const claimed = site.origins.flatMap((origin) => {
      const owner = originOwners.get(origin)
      originOwners.set(origin, name)
      return owner === undefined ? [] : [`sites.${name}.origins: ${quote(origin)} is listed for '${owner}' too`]
    })
    return [...claimed, ...oneSiteProblems(`sites.${name}`, site)]
  })
  return [...urlProblems(plain), ...storeProblems(plain), ...eventProblems(plain), ...siteProblems]
}

function urlProblems({ publicUrl, hubspot }: PlainConfig): string[] {
  const urls = [['publicUrl', publicUrl], ['hubspot.baseUrl', hubspot.baseUrl], ['hubspot.appUrl', hubspot.appUrl]] as const
  return urls.flatMap(([name, url]) =>
    isOrigin(url) && isSecureOrLocal(url) ? [] : [`${name} must be an origin such as https://t.example.com (http on this machine only): got ${quote(url)}`],
  )
}

function storeProblems({ store }: PlainConfig): string[] {
  return /^sqlite:.+/.test(store) ? [] : [`store must be 'sqlite:' and a path: got ${quote(store.replace(/:\/\/.*/, '://…'))}`]
}

function eventProblems({ events, hubspot }: PlainConfig): string[] {
  if (typeof events !== 'object' || events === null) return [`events must be what defineEvents returned: got ${quote(events)}`]
  const names = Object.keys(events)
  const unknown = Object.keys(hubspot.ids ?? {}).filter((name) => !names.includes(name))
  const problems = unknown.map((name) => `hubspot.ids.${name}: no such event is defined${didYouMean(name, names)}`)
  const withoutId = names.filter((name) => hubspot.ids?.[name] === undefined)
  if (hubspot.developerKey === undefined && withoutId.length) {
    problems.push(`hubspot.developerKey must be set, or hubspot.ids must name a template for each event: ${withoutId.join(', ')} have none`)
  }
  return problems
}

function oneSiteProblems(path: string, { origins, session, email }: PlainSite): string[] {
  const problems = origins
    .filter((origin) => !isOrigin(origin))
    .map((origin) => `${path}.origins: ${quote(origin)} is not an origin; write it as a browser does, such as https://app.example.com`)
  const presets = [session].flat()
  const arePresets = presets.length > 0 && presets.every((preset) => typeof preset === 'object' && preset !== null && 'keySource' in preset)
  if (!arePresets) problems.push(`${path}.session must be made by sharedSecret, publicKey or jwks: got ${quote(session)}`)
  const areSources = email === undefined || (Array.isArray(email) && email.length > 0 && email.every((source) => source?.kind))
  if (!areSources) problems.push(`${path}.email must be a list of claim(…) and lookup(…): got ${quote(email)}`)
  return problems
}

function isOrigin(url: string): boolean {
  return URL.canParse(url) && new URL(url).origin === url
}

function isSecureOrLocal(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
}

function finish(plain: PlainConfig, file: string): Config {
  const path = plain.store.slice('sqlite:'.length)
  const sites = Object.entries(plain.sites).map(([name, site]) => [name, finishSite(name, site)])
  return {
    ...plain,
    store: `sqlite:${resolve(dirname(file), path)}`,
    events: plain.events as EventDefinitions,
    sites: Object.fromEntries(sites),
  }
}

function finishSite(name: string, site: PlainSite): Site {
  return { ...site, name, session: [site.session].flat() as SessionPreset[], email: (site.email as EmailSource[]) ?? [claim('email')] }
}
