import type { EventDefinitions } from '@trackline/shared'
import type { Site } from '../config.ts'
import { compareAppEventFiles } from '../flows/push-definitions/compare-app-event-files.ts'
import { compareEventTypes } from '../flows/push-definitions/compare-event-types.ts'
import { contactPropertiesOf, planContactProperties } from '../flows/push-definitions/plan-contact-properties.ts'
import { NOTHING_FOUND, together } from '../flows/push-definitions/step.ts'
import type { Comparison } from '../flows/push-definitions/step.ts'
import type { HubSpotEndpoint } from '../hubspot/call.ts'
import { contactPropertiesApi } from '../hubspot/contact-properties-api.ts'
import { customEventsPath } from '../hubspot/custom-events.ts'
import type { AppAccess } from '../hubspot/definitions/ask-hubspot.ts'
import { customDefinitionsApi } from '../hubspot/definitions/custom-definitions-api.ts'
import type { EventType } from '../hubspot/definitions/event-type.ts'
import { eventTypesApi } from '../hubspot/definitions/event-types-api.ts'
import { patientEndpoint } from '../hubspot/definitions/patient-endpoint.ts'
import { templatesApi } from '../hubspot/definitions/templates-api.ts'
import { toCustomDefinition } from '../hubspot/definitions/to-custom-definition.ts'
import { toEventType } from '../hubspot/definitions/to-event-type.ts'
import type { TargetName } from '../outbox/event.ts'
import type { Parts } from '../parts.ts'
import { projectFolder } from './project-folder.ts'

export interface PlanOptions {
  /** Looks at one site. Default: at all that the configuration lists. */
  site?: string | undefined
  /** Folder of the project files of app events. Without it they are not compared. */
  out?: string | undefined
  isDeleting?: boolean
}

/** What a comparison reads. */
interface Planning {
  config: Parts['config']
  endpoint: HubSpotEndpoint
  sites: readonly Site[]
  /** Access tokens of the accounts that are connected. */
  tokens: ReadonlyMap<number, string>
  isDeleting: boolean
  out: string | undefined
}

/** Compares the definitions with everything that the configuration's targets need in HubSpot. */
export async function planDefinitions(parts: Parts, options: PlanOptions = {}): Promise<Comparison> {
  const comparisons: Comparison[] = []
  for (const compare of await plannedComparisons(parts, options)) comparisons.push(await compare())
  return together(comparisons)
}

/** The comparisons that {@link planDefinitions} makes: each may fail for a reason of its own. */
export async function plannedComparisons(parts: Parts, { site, out, isDeleting = false }: PlanOptions = {}): Promise<(() => Promise<Comparison>)[]> {
  const { config, world } = parts
  const sites = site === undefined ? Object.values(config.sites) : [await siteNamed(parts, site)]
  const tokens = await readTokens(parts, accountsOf(sites))
  const planning = { config, endpoint: patientEndpoint(parts.endpoint, world.sleep), sites, tokens, isDeleting, out }
  const isUnseen = config.findSite && site === undefined
  return [
    ...[planTemplates, planV1Types, planAppEvents].map((plan) => () => plan(planning)),
    ...accountsOf(sites).map((account) => () => planAccount(planning, account)),
    ...(isUnseen ? [async () => noted('"sites" is a function: no account was looked at; name a site with --site')] : []),
  ]
}

async function siteNamed({ sites }: Parts, name: string): Promise<Site> {
  const site = await sites.named(name)
  if (!site) throw new TypeError(`--site: no site '${name}' is configured: ${sites.says}`)
  return site
}

async function planTemplates({ config, endpoint, sites, tokens, isDeleting }: Planning): Promise<Comparison> {
  const { appId, developerKey, templateAccess, targets, ids = {} } = config.hubspot
  // Sites that are found may use any target: timeline-v3 is the one that is used unless another is named.
  if (accountsOf(sites, 'timeline-v3').length === 0 && !(config.findSite && sites.length === 0)) return NOTHING_FOUND
  const access = templateAccess === 'oauth' ? accessByToken(tokens) : developerKey === undefined ? undefined : { developerKey }
  const missing = templateAccess === 'oauth' ? 'no account is connected' : 'hubspot.developerKey is not set'
  if (!access) return noted(`${missing}: the event templates were not compared`)
  const where = { api: templatesApi(endpoint, { appId, access, path: targets['timeline-v3'].path }), place: `event templates of app ${appId} (timeline-v3)`, ids, isDeleting }
  return compareEventTypes(typesOf(config.events, toEventType), where)
}

/** The templates are the app's: whichever account's token it is, they are the same. */
function accessByToken(tokens: ReadonlyMap<number, string>): AppAccess | undefined {
  const [accessToken] = tokens.values()
  return accessToken === undefined ? undefined : { accessToken }
}

async function planV1Types({ config, endpoint, sites, isDeleting }: Planning): Promise<Comparison> {
  const { appId, developerKey, targets, ids = {} } = config.hubspot
  if (accountsOf(sites, 'timeline-v1').length === 0) return NOTHING_FOUND
  if (developerKey === undefined) return noted('hubspot.developerKey is not set: the event types of timeline-v1 were not compared')
  const where = { api: eventTypesApi(endpoint, { appId, developerKey, path: targets['timeline-v1'].path }), place: `event types of app ${appId} (timeline-v1)`, ids, isDeleting }
  return compareEventTypes(typesOf(config.events, toEventType), where)
}

async function planAppEvents({ config, sites, out, isDeleting }: Planning): Promise<Comparison> {
  if (accountsOf(sites, 'app-events').length === 0) return NOTHING_FOUND
  if (out !== undefined) return compareAppEventFiles(config.events, projectFolder(out), isDeleting)
  return noted('the app events were not compared: name the folder of their files, such as --out src/app/app-events')
}

async function planAccount({ config, endpoint, sites, tokens, isDeleting }: Planning, account: number): Promise<Comparison> {
  const isCustom = accountsOf(sites, 'custom-events').includes(account)
  if (!isCustom && contactPropertiesOf(config.events).size === 0) return NOTHING_FOUND
  const token = tokens.get(account)
  if (token === undefined) return noted(`account ${account} is not connected, so it was not looked at: run "trackline connect", then this again`)
  const { 'custom-events': customEvents, 'contact-properties': contactProperties } = config.hubspot.targets
  const where = { api: customDefinitionsApi(endpoint, { accessToken: token, path: customEventsPath(customEvents) }), place: `custom events of account ${account}`, isDeleting, isShared: true }
  const custom = isCustom ? await compareEventTypes(typesOf(config.events, toCustomDefinition), where) : NOTHING_FOUND
  return together([custom, await planContactProperties(config.events, account, contactPropertiesApi(endpoint, { accessToken: token, path: contactProperties.propertiesPath }))])
}

function typesOf(events: EventDefinitions, toType: typeof toEventType): Map<string, EventType> {
  return new Map(Object.entries(events).map(([name, definition]) => [name, toType(name, definition)]))
}

/** The HubSpot accounts of the sites, or of those that use one target. */
function accountsOf(sites: readonly Site[], target?: TargetName): number[] {
  const using = sites.filter((site) => target === undefined || site.targets.includes(target))
  return [...new Set(using.map((site) => site.portal))]
}

async function readTokens({ vault }: Parts, accounts: readonly number[]): Promise<Map<number, string>> {
  const tokens = new Map<number, string>()
  for (const account of accounts) {
    const token = await vault.accessToken(account)
    if (token.kind === 'token') tokens.set(account, token.accessToken)
  }
  return tokens
}

function noted(note: string): Comparison {
  return { ...NOTHING_FOUND, notes: [note] }
}
