import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { migrateEventTypes } from '../flows/migrate-event-types.ts'
import type { Migration } from '../flows/migrate-event-types.ts'
import { compareEventTypes } from '../flows/push-definitions/compare-event-types.ts'
import type { Comparison } from '../flows/push-definitions/step.ts'
import { eventTypesApi } from '../hubspot/definitions/event-types-api.ts'
import { patientEndpoint } from '../hubspot/definitions/patient-endpoint.ts'
import { templatesApi } from '../hubspot/definitions/templates-api.ts'
import { realWorld } from '../world.ts'
import { writeEventsSource } from './events-source.ts'
import { DEFAULT_CONFIG_FILE, loadConfigOptions } from './load-config.ts'
import { makeChanges, planAsJson } from './make-changes.ts'
import { print } from './output.ts'
import { showPlan } from './show-plan.ts'

const HUBSPOT = 'https://api.hubapi.com'
const TIMEOUT_MS = 20_000

interface Options {
  config: string
  appId?: number
  baseUrl?: string
  out?: string
  force?: boolean
  dryRun?: boolean
  yes?: boolean
  json?: boolean
}

export function addMigrate(program: Command): void {
  const migrate = program.command('migrate').description('move an app to a newer HubSpot API')
  migrate
    .command('v1-v3')
    .description('turn the event types of a v1 app into templates of v3, and into an events.ts')
    .option('--config <file>', 'configuration that names the app and its developer key', DEFAULT_CONFIG_FILE)
    .option('--app-id <number>', 'the app, where there is no configuration yet; its developer key comes from HUBSPOT_DEVELOPER_KEY', readAppId)
    .option('--base-url <origin>', 'origin of the API, with --app-id', HUBSPOT)
    .option('--out <file>', 'file to write, such as events.ts; without it its source is printed')
    .option('--force', 'replace the file')
    .option('--dry-run', 'show what would be created, and the source, and change nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'print { "steps": […], "problems": […], "notes": […], "source": … }')
    .addHelpText('after', '\nExample:\n  HUBSPOT_DEVELOPER_KEY=… trackline migrate v1-v3 --app-id 12345 --out events.ts')
    .action(migrateToV3)
}

async function migrateToV3(options: Options): Promise<void> {
  const { out, force } = options
  if (out !== undefined && existsSync(out) && !force && !options.dryRun) throw new TypeError(`--out: ${out} is there already: name another file, or replace it with --force`)
  const app = await appOf(options)
  const endpoint = patientEndpoint({ baseUrl: app.baseUrl, fetch, timeoutMs: TIMEOUT_MS }, realWorld({ logLevel: 'silent' }).sleep)
  const migration = migrateEventTypes(await eventTypesApi(endpoint, { ...app, path: app.paths.v1 }).list())
  if (migration.templates.size === 0) throw new Error(`app ${app.appId} has no event types of v1 that can be taken over${migration.notes.length ? `: ${migration.notes.join('; ')}` : ''}`)
  const where = { api: templatesApi(endpoint, { appId: app.appId, access: app, path: app.paths.v3 }), place: `event templates of app ${app.appId} (timeline-v3)`, isShared: true }
  const plan = await compareEventTypes(migration.templates, where)
  await make({ ...plan, notes: [...plan.notes, ...migration.notes] }, migration, options)
}

async function make(plan: Comparison, { templates }: Migration, { out, dryRun, json, yes }: Options): Promise<void> {
  const source = writeEventsSource(templates)
  // A program reads one document: the plan and the source together.
  if (json) print({ ...planAsJson(plan), source }, { json }, '')
  else if (dryRun) print({}, {}, showPlan(plan))
  const isMade = dryRun || (await makeChanges(plan, { yes: yes ?? false, isQuiet: json ?? false }))
  if (!isMade) return void (process.exitCode = 1)
  if (out !== undefined && !dryRun) await writeFile(out, source)
  if (!json) print({}, {}, describeRest(source, dryRun ? undefined : out))
}

function describeRest(source: string, out: string | undefined): string {
  const events = out === undefined ? `events.ts:\n\n${source}` : `The events are in ${out}.`
  return `\n${events}\nIn trackline.config.ts, each site that named 'timeline-v1' now names it so:\n\n  targets: ['timeline-v3'],\n`
}

interface App {
  appId: number
  developerKey: string
  baseUrl: string
  /** Where the two APIs lie, if not where they usually do. */
  paths: { v1?: string | undefined; v3?: string | undefined }
}

async function appOf({ config, appId, baseUrl = HUBSPOT }: Options): Promise<App> {
  const named = appId === undefined ? (await loadConfigOptions(config)).hubspot : { appId, baseUrl, targets: undefined, developerKey: process.env.HUBSPOT_DEVELOPER_KEY }
  const { developerKey, targets } = named
  if (!developerKey) throw new Error(appId === undefined ? 'hubspot.developerKey must be set: event types of v1 are read with it' : 'HUBSPOT_DEVELOPER_KEY must be set: event types of v1 are read with it')
  const paths = { v1: targets?.['timeline-v1']?.path, v3: targets?.['timeline-v3']?.path }
  return { appId: named.appId, developerKey, baseUrl: named.baseUrl ?? HUBSPOT, paths }
}

function readAppId(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new TypeError(`--app-id must be the number of a HubSpot app: got '${text}'`)
}
