import { createInterface } from 'node:readline/promises'
import type { Command } from 'commander'
import { planContactProperties, planTemplates } from '../flows/push-definitions.ts'
import type { Step } from '../flows/push-definitions.ts'
import { contactPropertiesApi } from '../hubspot/contact-properties-api.ts'
import type { TargetName } from '../outbox/event.ts'
import { openParts } from '../parts.ts'
import type { Parts } from '../parts.ts'
import { realWorld } from '../world.ts'
import { DEFAULT_CONFIG_FILE, loadConfig } from './load-config.ts'
import { print } from './output.ts'

interface Options {
  config: string
  json?: boolean
  yes?: boolean
}

/** What HubSpot lacks, and the accounts that could not be looked at. */
export interface Plan {
  steps: Step[]
  notes: string[]
}

/** Targets whose event types this command does not make; docs/configuration.md says what each needs. */
const MADE_ELSEWHERE: readonly TargetName[] = ['timeline-v1', 'app-events', 'custom-events']

export function addEvents(program: Command): void {
  const events = program.command('events').description('compare the event definitions with HubSpot, and create what it lacks')
  withOptions(events.command('diff'), 'show what HubSpot lacks', 'trackline events diff').action((options: Options) => withPlan(options, show))
  withOptions(events.command('push'), 'create and update what HubSpot lacks; nothing is deleted', 'trackline events push --yes')
    .option('--yes', 'do not ask')
    .action((options: Options) => withPlan(options, push))
}

function withOptions(command: Command, description: string, example: string): Command {
  return command
    .description(description)
    .option('--config <file>', 'configuration file', DEFAULT_CONFIG_FILE)
    .option('--json', 'print { "steps": […], "notes": […] }')
    .addHelpText('after', `\nExample:\n  ${example} --config trackline.config.ts`)
}

async function withPlan(options: Options, use: (plan: Plan, options: Options) => Promise<void>): Promise<void> {
  const parts = await openParts(await loadConfig(options.config), realWorld({ logLevel: 'silent' }))
  try {
    await use(await planDefinitions(parts), options)
  } finally {
    await parts.store.close()
  }
}

/** Compares the definitions with the app's templates and with the contact properties of each connected account. */
export async function planDefinitions({ config, templates, vault, endpoint }: Parts): Promise<Plan> {
  const { events } = config
  const targets = new Set<TargetName>(config.findSite ? ['timeline-v3'] : Object.values(config.sites).flatMap((site) => site.targets))
  const notes = MADE_ELSEWHERE.filter((target) => targets.has(target)).map((target) => `the event types of ${target} are not compared: they are made in HubSpot`)
  if (targets.has('timeline-v3') && !templates) notes.push('hubspot.developerKey is not set: templates were not compared')
  const steps = targets.has('timeline-v3') && templates ? await planTemplates(events, templates) : []
  for (const account of new Set(Object.values(config.sites).map((site) => site.portal))) {
    const token = await vault.accessToken(account)
    if (token.kind === 'token') steps.push(...(await planContactProperties(events, account, contactPropertiesApi(endpoint, token.accessToken))))
    else notes.push(`account ${account} is not connected: its contact properties were not compared; run "trackline connect", then this again`)
  }
  if (config.findSite) notes.push('"sites" is a function: no account\'s contact properties were compared')
  return { steps, notes }
}

async function show({ steps, notes }: Plan, options: Options): Promise<void> {
  const says = steps.map((step) => step.says)
  const lines = says.length ? says.map((line) => `  ${line}`) : ['HubSpot has everything.']
  print({ steps: says, notes }, options, [...lines, ...notes.map((note) => `note: ${note}`)].join('\n'))
}

async function push(plan: Plan, options: Options): Promise<void> {
  await show(plan, options)
  if (plan.steps.length === 0) return
  if (!options.yes && !(await confirm(`Make these ${plan.steps.length} changes in HubSpot? [y/N] `))) return
  for (const step of plan.steps) {
    await step.run()
    if (!options.json) process.stdout.write(`done: ${step.says}\n`)
  }
}

async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new TypeError('--yes must be given where there is nobody to ask')
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await terminal.question(question)
  terminal.close()
  return /^y(es)?$/i.test(answer.trim())
}
