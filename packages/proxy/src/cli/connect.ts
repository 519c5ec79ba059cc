import type { Command } from 'commander'
import { createInstallLink } from '../flows/install-account.ts'
import type { Parts } from '../parts.ts'
import { DEFAULT_CONFIG_FILE, loadConfig } from './load-config.ts'
import { openInBrowser } from './open-in-browser.ts'
import { print } from './output.ts'
import { siteOption } from './site-option.ts'
import { withParts } from './with-parts.ts'

interface Options {
  config: string
  site: string
  replace?: boolean
  open?: boolean
  json?: boolean
}

export function addConnect(program: Command): void {
  program
    .command('connect')
    .description('print a one-time link with which a HubSpot administrator connects the account of a site')
    .option('--config <file>', 'configuration file', DEFAULT_CONFIG_FILE)
    .requiredOption('--site <name>', 'site whose account is connected')
    .option('--replace', 'the site may have been connected to another account before; what was accepted for that one still goes there')
    .option('--open', 'open it in the browser')
    .option('--json', 'print { "url": … }')
    .addHelpText('after', '\nExample:\n  trackline connect --config trackline.config.ts --site main')
    .action(async ({ config: file, site, replace = false, open, json }: Options) => {
      const config = await loadConfig(file)
      await siteOption(config, site)
      const url = await withParts(config, (parts) => installUrl(parts, site, { replace }))
      print({ url }, { json }, `Open this in a browser, as a HubSpot administrator, within 10 minutes. It works once.\n\n  ${url}\n`)
      if (open) openInBrowser(url)
    })
}

/** A link that starts the installation of a site's account. */
export async function installUrl(parts: Parts, site: string, options: { replace?: boolean } = {}): Promise<string> {
  const link = await createInstallLink(parts.install(() => undefined), site, options)
  return `${parts.config.publicUrl}/oauth/install?${new URLSearchParams({ site, link })}`
}
