import type { Command } from 'commander'
import { realWorld } from '../../world.ts'
import { DEFAULT_CONFIG_FILE } from '../load-config.ts'
import { print } from '../output.ts'
import { examine } from './examine.ts'
import { reportForPeople } from './report-for-people.ts'

interface Options {
  config: string
  site?: string
  out?: string
  json?: boolean
}

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('look at everything that may be wrong, say what to do about it, and print the script tag; exits with 1 when something is wrong')
    .option('--config <file>', 'configuration file', DEFAULT_CONFIG_FILE)
    .option('--site <name>', 'look at one site only; needed where "sites" is a function')
    .option('--out <folder>', 'folder of the project files of app events, such as src/app/app-events')
    .option('--json', 'print { "isFine": …, "findings": [{ "about", "level", "says", "remedy"? }], "snippet": { "url", "immutableUrl", "integrity", "tag", "csp" } }')
    .addHelpText('after', `
It may be run beside the service, or without it. Nothing is changed, except that
an access token is renewed which is due to be.

Example:
  trackline doctor --config trackline.config.ts`)
    .action(async ({ config: file, site, out, json }: Options) => {
      const report = await examine({ file, site, out }, realWorld({ logLevel: 'silent' }), showProgress(json))
      print(report, { json }, reportForPeople(report))
      if (!report.isFine) process.exitCode = 1
    })
}

/** Long work shows that it goes on: on a terminal only. */
function showProgress(json: boolean | undefined) {
  let looks = 0
  return () => {
    if (!json && process.stderr.isTTY) process.stderr.write(`\rlooked at: ${++looks} `)
  }
}
