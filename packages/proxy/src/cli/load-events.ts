import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { findDefinitionProblems } from '@trackline/shared'
import type { EventDefinitions } from '@trackline/shared'
import { importFile } from './import-file.ts'
import { loadConfigOptions } from './load-config.ts'

/**
 * Reads the event definitions alone, of a configuration or of a file that exports `events`. Nothing else is checked, so it needs no
 * secret.
 *
 * @throws TypeError naming everything that is wrong with them
 */
export async function loadEvents({ config, events: file }: { config: string; events?: string }): Promise<EventDefinitions> {
  const events = file === undefined ? (await loadConfigOptions(config)).events : await exportOf(file)
  if (typeof events !== 'object' || events === null) throw new TypeError(`${file ?? config} defines no events: they are what defineEvents returns`)
  const problems = findDefinitionProblems(events)
  if (problems.length) throw new TypeError(`the event definitions cannot work:\n${problems.map((line) => `  ${line}`).join('\n')}`)
  return events
}

async function exportOf(file: string): Promise<EventDefinitions | undefined> {
  const path = resolve(file)
  if (!existsSync(path)) throw new TypeError(`--events: there is no file at ${path}`)
  const module: { events?: EventDefinitions; default?: EventDefinitions } = await importFile(path)
  return module.events ?? module.default
}
