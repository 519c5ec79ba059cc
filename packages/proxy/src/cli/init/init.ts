import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { confirm } from '../confirm.ts'
import { assignments } from '../event-options.ts'
import { print } from '../output.ts'
import type { Answers } from './answers.ts'
import { askAtTerminal, askNobody, gatherAnswers, portalOf } from './gather-answers.ts'
import type { Given } from './gather-answers.ts'
import { nextSteps } from './next-steps.ts'
import type { NextStep } from './next-steps.ts'
import { PROVIDERS } from './providers.ts'
import { writeFiles } from './write-files.ts'
import type { WrittenFiles } from './write-files.ts'

interface Options extends Given {
  dir: string
  yes?: boolean
  force?: boolean
  json?: boolean
}

const DEFAULT_PUBLIC_URL = 'http://127.0.0.1:4400'

export function addInit(program: Command): void {
  program
    .command('init')
    .description('write a configuration to begin with: trackline.config.ts, events.ts, and a .env with new keys')
    .option('--dir <folder>', 'where to write it', '.')
    .option('--origin <origin>', 'origin of a page that may send; may be repeated', collect)
    .option('--provider <name>', `who signs your visitors in: ${Object.keys(PROVIDERS).join(', ')}`)
    .option('--set <name=value>', 'what the provider\'s preset is told, such as domain=acme.eu.auth0.com; may be repeated', assignments('--set'))
    .option('--portal <number>', 'number of your HubSpot account (Hub ID)', portalOf)
    .option('--target <name>', 'where in HubSpot events go; contact-properties works on every tier')
    .option('--event <name>', 'an event to define; may be repeated', collect)
    .option('--public-url <origin>', 'where browsers reach the service', DEFAULT_PUBLIC_URL)
    .option('--yes', 'do not ask: what is not given has its default')
    .option('--force', 'replace trackline.config.ts and events.ts where they are there already')
    .option('--json', 'print { "written": […], "kept": […], "variables": […], "warnings": […], "nextSteps": [{ "says", "command"? }] }')
    .addHelpText('after', `
A .env that is there already keeps its lines; what it lacks is added. A new one
can be read by you alone.

Example:
  trackline init --yes --origin https://app.example.com --event login --event signup`)
    .action(init)
}

async function init(options: Options): Promise<void> {
  const isAsking = options.yes !== true && !options.json
  if (isAsking && !process.stdin.isTTY) throw new TypeError('--yes must be given where there is nobody to ask')
  const folder = resolve(options.dir)
  const { ask, close } = isAsking ? askAtTerminal() : { ask: askNobody, close: () => undefined }
  const answers = await gatherAnswers(options, ask).finally(close)
  const { warnings, ...files } = await writeFiles(folder, answers, async (path) => options.force === true || (isAsking && (await confirm(`${path} is there already. Replace it?`))))
  const steps = nextSteps(answers, isInstalled(folder))
  const done = { ...files, warnings: [...warnings, ...emailWarnings(answers)] }
  print({ ...done, nextSteps: steps }, options, forPeople(done, steps))
  // Whoever asked for a configuration and has another one must not take it for done.
  if (files.kept.some((path) => path.endsWith('.ts'))) process.exitCode = 1
}

/** Auth0 drops a claim that is called "email": there is none to be read until its name is known. */
function emailWarnings({ provider, settings }: Answers): string[] {
  if (provider !== 'auth0' || settings.email !== undefined) return []
  return ["auth0's access tokens carry no email, so every event will wait: have an Action add a claim, and name it in the session, such as email: ['https://example.com/email']"]
}

function forPeople({ written, kept, warnings }: WrittenFiles, steps: readonly NextStep[]): string {
  return [
    ...written.map((path) => `written: ${path}`),
    ...kept.map((path) => `left as it is: ${path}${path.endsWith('.ts') ? ' (--force replaces it)' : ''}`),
    ...warnings.map((warning) => `note: ${warning}`),
    '',
    'Next:',
    ...steps.flatMap(({ says, command }, index) => [`${String(index + 1).padStart(2)}. ${says}`, ...(command === undefined ? [] : [`      ${command}`])]),
  ].join('\n')
}

/** Whether the configuration will find what it imports. */
function isInstalled(folder: string): boolean {
  const { resolve: find } = createRequire(join(folder, 'trackline.config.ts'))
  try {
    return ['@trackline/proxy', '@trackline/shared'].every((name) => find(name) !== '')
  } catch {
    return false
  }
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, value]
}
