import { dirname, resolve } from 'node:path'
import type { EventDefinitions } from '@trackline/shared'
import type { SessionPreset } from '@trackline/session'
import { Value } from 'typebox/value'
import { findConfigProblems, isPostgres } from './config-problems.ts'
import { ConfigSchema, SiteSchema } from './config-schema.ts'
import type { PlainConfig, PlainSite } from './config-schema.ts'
import type { EmailSource } from './identity/email-source.ts'

/** One website (or a few that share their users) and the HubSpot account that its events go to. */
export interface Site extends Omit<PlainSite, 'session' | 'email'> {
  name: string
  session: readonly SessionPreset[]
  /** Absent: where the session's preset finds it. */
  email: readonly EmailSource[] | undefined
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
  const problems = findConfigProblems(plain)
  if (problems.length) throw new TypeError(`the configuration cannot be used:\n${problems.map((line) => `  ${line}`).join('\n')}`)
  // No problem was found: it has the schema's shape, and sessions, sources and events were looked at one by one.
  return finish(plain as PlainConfig, file)
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
  return { ...site, name, session: [site.session].flat() as SessionPreset[], email: site.email as EmailSource[] | undefined }
}
