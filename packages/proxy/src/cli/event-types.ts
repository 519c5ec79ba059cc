import { readFile, writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { writeEventTypes } from './event-types-file.ts'
import { DEFAULT_CONFIG_FILE } from './load-config.ts'
import { loadEvents } from './load-events.ts'
import { print } from './output.ts'

interface Options {
  config: string
  events?: string
  out?: string
  check?: boolean
  json?: boolean
}

export function addEventTypes(events: Command): void {
  events
    .command('types')
    .description('write the TypeScript types of the events, for code that is not written beside the definitions')
    .option('--config <file>', 'configuration file', DEFAULT_CONFIG_FILE)
    .option('--events <file>', 'a file that exports the events, instead of a configuration')
    .option('--out <file>', 'file to write, such as trackline-events.d.ts; without it they are printed')
    .option('--check', 'write nothing; end with 1 when the file is not up to date')
    .option('--json', 'print { "types": … }, or with --out { "file": …, "isUpToDate": … }')
    .addHelpText('after', '\nExample:\n  trackline events types --out trackline-events.d.ts')
    .action(types)
}

async function types({ out, check, json, ...from }: Options): Promise<void> {
  if (check && out === undefined) throw new TypeError('--check: name the file with --out')
  const written = writeEventTypes(await loadEvents(from))
  if (out === undefined) return print({ types: written }, { json }, written.trimEnd())
  const isUpToDate = (await readFile(out, 'utf8').catch(() => undefined)) === written
  if (!check) await writeFile(out, written)
  else if (!isUpToDate) process.exitCode = 1
  const state = isUpToDate ? 'is up to date' : check ? 'is not up to date: run "trackline events types" without --check' : 'is written'
  print({ file: out, isUpToDate: isUpToDate || !check }, { json }, `${out} ${state}`)
}
