import type { Command } from 'commander'
import type { Config } from '../config.ts'
import type { Comparison } from '../flows/push-definitions/step.ts'
import { missingOutbox, openParts, partsWithoutStore } from '../parts.ts'
import type { Parts, World } from '../parts.ts'
import { notConnected } from '../vault/vault.ts'
import type { AccessToken } from '../vault/vault.ts'
import { realWorld } from '../world.ts'
import { addEventTypes } from './event-types.ts'
import { DEFAULT_CONFIG_FILE, loadConfig } from './load-config.ts'
import { makeChanges, planAsJson } from './make-changes.ts'
import type { PushOptions } from './make-changes.ts'
import { print } from './output.ts'
import { planDefinitions } from './plan-definitions.ts'
import { showPlan } from './show-plan.ts'

interface Options extends PushOptions {
  config: string
  site?: string
  out?: string
  delete?: boolean
  exitCode?: boolean
}

export function addEvents(program: Command): void {
  const events = program.command('events').description('compare the event definitions with HubSpot, bring HubSpot up to date, and write their types')
  withOptions(events.command('diff'), 'show what "events push" would change', 'trackline events diff --exit-code')
    .option('--exit-code', 'end with 1 when something would be changed, or could not be looked at')
    .action((options: Options) => withPlan(options, diff))
  withOptions(events.command('push'), 'show the plan, ask, and make the changes in HubSpot', 'trackline events push --yes')
    .option('--yes', 'do not ask')
    .action((options: Options) => withPlan(options, push))
  addEventTypes(events)
}

function withOptions(command: Command, description: string, example: string): Command {
  return command
    .description(description)
    .option('--config <file>', 'configuration file', DEFAULT_CONFIG_FILE)
    .option('--site <name>', 'look at one site only; needed where "sites" is a function')
    .option('--out <folder>', 'folder of the project files of app events, such as src/app/app-events')
    .option('--delete', 'also delete event types and properties that nothing defines')
    .option('--json', 'print { "steps": […], "problems": […], "failures"?: […], "notes": […] }')
    .addHelpText('after', `\nExample:\n  ${example} --config trackline.config.ts`)
}

async function withPlan(options: Options, use: (plan: Comparison, options: Options) => Promise<void>): Promise<void> {
  const [config, world] = [await loadConfig(options.config), realWorld({ logLevel: 'silent' })]
  const outbox = openWhenAsked(config, world)
  try {
    const parts = { ...partsWithoutStore(config, world), vault: outbox }
    await use(await planDefinitions(parts, { site: options.site, out: options.out, isDeleting: options.delete ?? false }), options)
  } finally {
    await outbox.close()
  }
}

/**
 * The grants that lie in the outbox. It is opened when the first is asked for: a pipeline that has a developer key need not reach it. Where
 * there is none yet, none is made.
 */
function openWhenAsked(config: Config, world: World) {
  let opening: Promise<Parts> | undefined
  return {
    async accessToken(account: number): Promise<AccessToken> {
      const missing = await missingOutbox(config)
      if (missing) return notConnected(`${missing.says}: ${missing.remedy}`)
      opening ??= openParts(config, world)
      return (await opening).vault.accessToken(account)
    },
    close: async () => opening?.then(({ store }) => store.close(), () => undefined),
  }
}

async function diff(plan: Comparison, options: Options): Promise<void> {
  print(planAsJson(plan), options, showPlan(plan))
  const isAsDefined = plan.steps.length === 0 && !plan.isPartial
  if (plan.problems.length || plan.failures?.length || (options.exitCode && !isAsDefined)) process.exitCode = 1
}

async function push(plan: Comparison, options: Options): Promise<void> {
  const isDone = await makeChanges(plan, options)
  if (!isDone) process.exitCode = 1
}
