import { text } from 'node:stream/consumers'
import { inspectToken } from '@trackline/session'
import type { Command } from 'commander'
import type { Config, Site } from '../../config.ts'
import { providerFetch } from '../../identity/provider-fetch.ts'
import { DEFAULT_CONFIG_FILE } from '../load-config.ts'
import { print } from '../output.ts'
import { siteOption } from '../site-option.ts'
import { loadForTokens } from './load-for-tokens.ts'
import { reportOn } from './report.ts'
import type { SiteVerdict } from './report.ts'
import { reportForPeople } from './report-for-people.ts'

interface Options {
  config: string
  site?: string
  json?: boolean
}

export function addTokenInspect(token: Command): void {
  token
    .command('inspect [token]')
    .description('explain a session token claim by claim: which preset takes it, which rules refuse it, and what to change')
    .option('--config <file>', 'configuration file', DEFAULT_CONFIG_FILE)
    .option('--site <name>', 'hold it against the presets of this site; without it, of every site that the file lists')
    .option('--json', 'print { "accepted", "header", "claims", "presets": […] }')
    .addHelpText('after', `
The token is read from standard input when it is - or left out; as an argument
it would stay in the history of your shell. An expired one is explained too. It
is written nowhere; emails and claims that no rule reads are not shown. Ends
with 1 when no preset takes it.

Example:
  pbpaste | trackline token inspect --site main`)
    .action(async (token: string | undefined, options: Options) => {
      const report = reportOn(await verdictsOn(await tokenFrom(token), options), new Date())
      print(report, options, reportForPeople(report))
      if (!report.accepted) process.exitCode = 1
    })
}

/** What people paste: the token, or the header that it came in. */
async function tokenFrom(argument = '-'): Promise<string> {
  const isTyped = argument === '-' && process.stdin.isTTY
  if (isTyped) process.stderr.write('Paste the token, then press Enter and Ctrl-D.\n')
  const pasted = argument === '-' ? await text(process.stdin) : argument
  const token = pasted.trim().replace(/^(?:authorization:\s*)?bearer\s+/i, '')
  if (token === '') throw new TypeError('<token> is missing: pipe it to the command, or name it')
  return token
}

async function verdictsOn(token: string, { config: file, site: name }: Options): Promise<SiteVerdict[]> {
  const config = await loadForTokens(file)
  const verdicts = (await sitesOf(config, name)).map(async (site) =>
    (await inspectToken(token, site.session, { fetch: providerFetch(config, fetch) })).map((verdict) => ({ ...verdict, site: site.name })))
  return (await Promise.all(verdicts)).flat()
}

async function sitesOf(config: Config, name: string | undefined): Promise<Site[]> {
  if (name !== undefined) return [await siteOption(config, name)]
  if (config.findSite) throw new TypeError('--site must name the site: the configuration finds its sites by a function')
  return Object.values(config.sites)
}
