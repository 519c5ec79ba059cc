import { dirname, resolve } from 'node:path'
import type { EventDefinitions } from '@trackline/shared'
import type { SessionPreset } from '@trackline/session'
import { Value } from 'typebox/value'
import { findConfigProblems, findSiteProblems, isPostgres } from './config-problems.ts'
import { ConfigSchema, SiteSchema } from './config-schema.ts'
import type { PlainConfig, PlainSite } from './config-schema.ts'
import type { EmailSource } from './identity/email-source.ts'
import type { TargetName } from './outbox/event.ts'
import type { TargetSettings } from './target-settings-schema.ts'

/** One website (or a few that share their users) and the HubSpot account that its events go to. */
export interface Site extends Omit<PlainSite, 'session' | 'email' | 'internationalEmails'> {
  name: string
  session: readonly SessionPreset[]
  /** Absent: where the session's preset finds it. */
  email: readonly EmailSource[] | undefined
  /** Whether emails may have letters beyond ASCII. */
  international: boolean
}

/** The configuration as the service uses it: checked, and every default filled in. */
export interface Config extends Omit<PlainConfig, 'sites' | 'events'> {
  /** Those that the file lists; none where `findSite` finds them. */
  sites: Readonly<Record<string, Site>>
  findSite?: FindSite
  events: EventDefinitions
}

/** @throws TypeError that names every problem of what was found */
export type FindSite = (asked: string, by: 'origin' | 'name') => Promise<FoundSite | undefined>

/** A site that was looked up. The same `version` means the same site as before: its presets and keys in memory go on. */
export interface FoundSite {
  site: Site
  version: string | number | undefined
}

type Options<T, Required extends keyof T> = { [K in Required]: T[K] } & { [K in Exclude<keyof T, Required>]?: T[K] | undefined }

export interface SiteOptions extends Options<Omit<PlainSite, 'session' | 'email'>, 'origins' | 'portal'> {
  session: SessionPreset | readonly SessionPreset[]
  email?: readonly EmailSource[]
}

/**
 * Finds the site of an origin, or the one of a name, such as in a table of your customers.
 *
 * @param asked  an origin, such as `https://shop.example.com`, or a site's name: the two never look alike
 * @param by  which of the two it is
 * @returns the site with its name; undefined when there is none
 */
export type SiteFinder = (asked: string, by: 'origin' | 'name') => SiteRow | undefined | Promise<SiteRow | undefined>

export interface SiteRow extends SiteOptions {
  name: string
  /** Changes whenever the site does, such as `updated_at`. While it stays, what was learned of the site's provider is kept. */
  version?: string | number
}

/** What `trackline.config.ts` exports. Every field is explained in docs/configuration.md. */
export interface ConfigOptions extends Options<Pick<PlainConfig, 'publicUrl' | 'host' | 'port' | 'store' | 'keys'>, 'publicUrl'> {
  hubspot: Options<Omit<PlainConfig['hubspot'], 'targets'>, 'clientId' | 'appId'> & { targets?: { [Name in TargetName]?: Partial<TargetSettings[Name]> } }
  /** The sites by name, or a function that finds one. */
  sites: Record<string, SiteOptions> | SiteFinder
  limits?: Partial<PlainConfig['limits']> | false
  retry?: Partial<PlainConfig['retry']>
  outbox?: Partial<PlainConfig['outbox']>
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
  const find = typeof options.sites === 'function' ? options.sites : undefined
  // A variable that is not set must not turn a process that shares a database into one with a file of its own.
  const store = 'store' in Object(options) ? { store: options.store ?? '' } : {}
  const given = withoutUndefined({ ...options, ...store, sites: find ? {} : options.sites, limits, retry: options.retry ?? {}, outbox: options.outbox ?? {} })
  const plain: unknown = Value.Default(ConfigSchema, withSiteDefaults(given))
  refuse(findConfigProblems(plain, { areSitesFound: find !== undefined }), 'the configuration')
  // No problem was found: it has the schema's shape, and sessions, sources and events were looked at one by one.
  return { ...finish(plain as PlainConfig, file), ...(find ? { findSite: checked(find) } : {}) }
}

function refuse(problems: string[], what: string): void {
  if (problems.length) throw new TypeError(`${what} cannot be used:\n${problems.map((line) => `  ${line}`).join('\n')}`)
}

/** What the function finds is checked as the sites of a file are, each time. */
function checked(find: SiteFinder): FindSite {
  return async (asked, by) => {
    const row = await find(asked, by)
    if (row === undefined || row === null) return undefined
    const { name, version, ...options } = row
    const plain: unknown = Value.Default(SiteSchema, withoutUndefined(options))
    refuse(findSiteProblems(name, plain), 'the site that was found')
    // No problem was found: it has the schema's shape.
    const site = finishSite(name, plain as PlainSite)
    const isAsked = by === 'name' ? name === asked : site.origins.includes(asked)
    if (!isAsked) throw new TypeError(`"sites" was asked for the ${by} '${asked}' and found '${name}', which has another one`)
    return { site, version }
  }
}

/** `Value.Default` does not look into records. */
function withSiteDefaults(given: unknown): unknown {
  const sites: unknown = Reflect.get(Object(given), 'sites')
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

function finish(plain: PlainConfig, file: string): Config {
  const { store } = plain
  const sites = Object.entries(plain.sites).map(([name, site]) => [name, finishSite(name, site)])
  return {
    ...plain,
    store: isPostgres(store) ? store : `sqlite:${resolve(dirname(file), store.slice('sqlite:'.length))}`,
    events: plain.events as EventDefinitions,
    sites: Object.fromEntries(sites),
  }
}

function finishSite(name: string, site: PlainSite): Site {
  const { internationalEmails: international, ...rest } = site
  return { ...rest, name, international, session: presetsOf(site), email: site.email as EmailSource[] | undefined }
}

/** A preset whose tokens name the page they were made for takes those of this site alone, unless it was told otherwise. */
function presetsOf({ session, origins }: PlainSite): SessionPreset[] {
  // Checked one by one before.
  const presets = [session].flat() as SessionPreset[]
  return presets.map((preset) => (origins.length === 0 ? preset : (preset.forOrigins?.(origins) ?? preset)))
}
