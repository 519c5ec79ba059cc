import type { Command } from 'commander'
import type { Config } from '../config.ts'
import { disconnectAccount } from '../flows/disconnect-account.ts'
import type { Disconnected } from '../flows/disconnect-account.ts'
import { confirm } from './confirm.ts'
import { DEFAULT_CONFIG_FILE, loadConfig } from './load-config.ts'
import { print } from './output.ts'
import { siteOption } from './site-option.ts'
import { withParts } from './with-parts.ts'

interface Options {
  config: string
  site?: string
  account?: string
  revoke?: boolean
  yes?: boolean
  json?: boolean
}

export function addDisconnect(program: Command): void {
  program
    .command('disconnect')
    .description('forget the connection to a HubSpot account; events are still accepted, and wait')
    .option('--config <file>', 'configuration file', DEFAULT_CONFIG_FILE)
    .option('--site <name>', 'site whose account is disconnected')
    .option('--account <number>', 'the account itself, where no site names it any more')
    .option('--revoke', 'uninstall the app from the account too, and revoke its tokens: whatever else uses the app there ends as well; asks first')
    .option('--yes', 'do not ask')
    .option('--json', 'print { "account": …, "wasConnected": …, "isUninstalled": …, "isRevoked": …, "problems": […] }')
    .addHelpText('after', '\nExample:\n  trackline disconnect --config trackline.config.ts --site main --revoke')
    .action(async (options: Options) => {
      const config = await loadConfig(options.config)
      const account = await accountFor(config, options)
      if (options.revoke && !options.yes && !(await confirm(`Uninstall the app from the HubSpot account ${account}, for everybody who uses it there?`))) {
        process.stdout.write('nothing was changed\n')
        process.exitCode = 1
        return
      }
      await withParts(config, async (parts) => {
        const done = await disconnectAccount(parts.disconnect, account, { revoke: options.revoke ?? false })
        print(done, options, forPeople(done))
        if (done.problems.length) process.exitCode = 1
      })
    })
}

async function accountFor(config: Config, { site, account }: Options): Promise<number> {
  if ((site === undefined) === (account === undefined)) throw new TypeError('--site or --account must say what to disconnect: one of them')
  if (account !== undefined) {
    if (/^[1-9]\d{0,14}$/.test(account)) return Number(account)
    throw new TypeError(`--account must be the number of a HubSpot account: got '${account}'`)
  }
  return (await siteOption(config, site ?? '')).portal
}

function forPeople({ account, wasConnected, isUninstalled, isRevoked, problems }: Disconnected): string {
  if (!wasConnected) return `The HubSpot account ${account} was not connected.`
  return [
    `The HubSpot account ${account} is disconnected.`,
    ...(isUninstalled ? ['HubSpot has uninstalled the app.'] : []),
    ...(isRevoked ? ['Its tokens are revoked.'] : []),
    'Its events are still accepted, and wait for "trackline connect".',
    ...problems.map((problem) => `not done: ${problem}`),
  ].join('\n')
}
