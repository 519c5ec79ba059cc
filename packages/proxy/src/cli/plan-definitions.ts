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
import { HubSpotRefusal } from '../hubspot/definitions/ask-hubspot.ts'
import type { AppAccess } from '../hubspot/definitions/ask-hubspot.ts'
import { customDefinitionsApi } from '../hubspot/definitions/custom-definitions-api.ts'
import type { EventType } from '../hubspot/definitions/event-type.ts'
import { eventTypesApi } from '../hubspot/definitions/event-types-api.ts'
import { patientEndpoint } from '../hubspot/definitions/patient-endpoint.ts'
import { templatesApi } from '../hubspot/definitions/templates-api.ts'
import { toCustomDefinition } from '../hubspot/definitions/to-custom-definition.ts'
import { toEventType } from '../hubspot/definitions/to-event-type.ts'
import type { TargetName } from '../outbox/event.ts'
import { meaningOf } from '../outcome.ts'
import type { Parts, partsWithoutStore } from '../parts.ts'
import type { AccessToken } from '../vault/vault.ts'
import { projectFolder } from './project-folder.ts'

export interface PlanOptions {
  /** Looks at one site. Default: at all that the configuration lists. */
  site?: string | undefined
  /** Folder of the project files of app events. Without it they are not compared. */
  out?: string | undefined
  isDeleting?: boolean
}

/** What is taken of the parts. The outbox is asked for nothing but access tokens, and only where a comparison needs one. */
export type PlanParts = ReturnType<typeof partsWithoutStore> & { vault: Pick<Parts['vault'], 'accessToken'> }

/** What a comparison reads. */
interface Planning {
  config: Parts['config']
  endpoint: HubSpotEndpoint
  sites: readonly Site[]
  tokenOf: (account: number) => Promise<AccessToken>
  isDeleting: boolean
  out: string | undefined
}

/** Compares the definitions with everything that the configuration's targets need in HubSpot. */
export async function planDefinitions(parts: PlanParts, options: PlanOptions = {}): Promise<Comparison> {
  const comparisons: Comparison[] = []
  for (const compare of await plannedComparisons(parts, options)) comparisons.push(await compare().catch(refused))
  return together(comparisons)
}

/** What HubSpot refuses one account, or the developer key, is no matter of the others. */
function refused(error: unknown): Comparison {
  if (!(error instanceof HubSpotRefusal)) throw error
  return { ...NOTHING_FOUND, failures: [error.message], isPartial: true }
}

/** The comparisons that {@link planDefinitions} makes: each may fail for a reason of its own. */
export async function plannedComparisons(parts: PlanParts, { site, out, isDeleting = false }: PlanOptions = {}): Promise<(() => Promise<Comparison>)[]> {
  const { config, world, vault } = parts
  const sites = site === undefined ? Object.values(config.sites) : [await siteNamed(parts, site)]
  const planning = { config, endpoint: patientEndpoint(parts.endpoint, world.sleep), sites, tokenOf: vault.accessToken, isDeleting, out }
  const isUnseen = config.findSite && site === undefined
  return [
    ...[planTemplates, planV1Types, planAppEvents].map((plan) => () => plan(planning)),
    ...accountsOf(sites).map((account) => () => planAccount(planning, account).catch((error: unknown) => ofAccount(account, error))),
    ...(isUnseen ? [async () => unseen('"sites" is a function: no account was looked at; name a site with --site')] : []),
  ]
}

/** @throws the same, naming the account */
function ofAccount(account: number, error: unknown): never {
  throw error instanceof HubSpotRefusal ? new HubSpotRefusal(`account ${account}: ${error.message}`, error.answer) : error
}

async function siteNamed({ sites }: PlanParts, name: string): Promise<Site> {
  const site = await sites.named(name)
  if (!site) throw new TypeError(`--site: no site '${name}' is configured: ${sites.says}`)
  return site
}

async function planTemplates(planning: Planning): Promise<Comparison> {
  const { config, endpoint, sites, isDeleting } = planning
  const { appId, developerKey, templateAccess, targets, ids = {} } = config.hubspot
  // Sites that are found may use any target: timeline-v3 is the one that is used unless another is named.
  if (accountsOf(sites, 'timeline-v3').length === 0 && !(config.findSite && sites.length === 0)) return NOTHING_FOUND
  const access = templateAccess === 'oauth' ? await accessByToken(planning) : developerKey === undefined ? undefined : { developerKey }
  const missing = templateAccess === 'oauth' ? 'no account is connected' : 'hubspot.developerKey is not set'
  if (!access) return unseen(`${missing}: the event templates were not compared`)
  const where = { api: templatesApi(endpoint, { appId, access, path: targets['timeline-v3'].path }), place: `event templates of app ${appId} (timeline-v3)`, ids, isDeleting }
  return compareEventTypes(typesOf(config.events, toEventType), where)
}

/** The templates are the app's: whichever account's token it is, they are the same. */
async function accessByToken({ sites, tokenOf }: Planning): Promise<AppAccess | undefined> {
  for (const account of accountsOf(sites)) {
    const token = await tokenOf(account)
    if (token.kind === 'token') return { accessToken: token.accessToken }
  }
  return undefined
}

async function planV1Types({ config, endpoint, sites, isDeleting }: Planning): Promise<Comparison> {
  const { appId, developerKey, targets, ids = {} } = config.hubspot
  if (accountsOf(sites, 'timeline-v1').length === 0) return NOTHING_FOUND
  if (developerKey === undefined) return unseen('hubspot.developerKey is not set: the event types of timeline-v1 were not compared')
  const where = { api: eventTypesApi(endpoint, { appId, developerKey, path: targets['timeline-v1'].path }), place: `event types of app ${appId} (timeline-v1)`, ids, isDeleting }
  return compareEventTypes(typesOf(config.events, toEventType), where)
}

async function planAppEvents({ config, sites, out, isDeleting }: Planning): Promise<Comparison> {
  if (accountsOf(sites, 'app-events').length === 0) return NOTHING_FOUND
  if (out !== undefined) return compareAppEventFiles(config.events, projectFolder(out), isDeleting)
  return unseen('the app events were not compared: name the folder of their files, such as --out src/app/app-events')
}

async function planAccount({ config, endpoint, sites, tokenOf, isDeleting }: Planning, account: number): Promise<Comparison> {
  const isCustom = accountsOf(sites, 'custom-events').includes(account)
  if (!isCustom && contactPropertiesOf(config.events).size === 0) return NOTHING_FOUND
  const token = await tokenOf(account)
  if (token.kind === 'none') return unseen(`account ${account} was not looked at: ${meaningOf(token.outcome.code, token.outcome.detail)}`)
  const { accessToken } = token
  const { 'custom-events': customEvents, 'contact-properties': contactProperties } = config.hubspot.targets
  const where = { api: customDefinitionsApi(endpoint, { accessToken, path: customEventsPath(customEvents) }), place: `custom events of account ${account}`, isDeleting, isShared: true }
  const custom = isCustom ? await compareEventTypes(typesOf(config.events, toCustomDefinition), where) : NOTHING_FOUND
  return together([custom, await planContactProperties(config.events, account, contactPropertiesApi(endpoint, { accessToken, path: contactProperties.propertiesPath }))])
}

function typesOf(events: EventDefinitions, toType: typeof toEventType): Map<string, EventType> {
  return new Map(Object.entries(events).map(([name, definition]) => [name, toType(name, definition)]))
}

/** The HubSpot accounts of the sites, or of those that use one target. */
function accountsOf(sites: readonly Site[], target?: TargetName): number[] {
  const using = sites.filter((site) => target === undefined || site.targets.includes(target))
  return [...new Set(using.map((site) => site.portal))]
}

/** @param note  what could not be looked at, and why */
function unseen(note: string): Comparison {
  return { ...NOTHING_FOUND, notes: [note], isPartial: true }
}
