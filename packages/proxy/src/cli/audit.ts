import type { Command } from 'commander'
import type { Audit } from '../outbox/store.ts'
import { openParts } from '../parts.ts'
import { realWorld } from '../world.ts'
import { DEFAULT_CONFIG_FILE, loadConfig } from './load-config.ts'
import { print } from './output.ts'

export function addAudit(program: Command): void {
  program
    .command('audit')
    .description('account for everything ever received; exits with 1 when the sum is not exact')
    .option('--config <file>', 'configuration file', DEFAULT_CONFIG_FILE)
    .option('--json', 'print the counts as JSON')
    .addHelpText('after', '\nExample:\n  trackline audit --config trackline.config.ts --json')
    .action(async ({ config: file, json }: { config: string; json?: boolean }) => {
      const parts = await openParts(await loadConfig(file), realWorld({ logLevel: 'silent' }))
      try {
        const audit = await parts.store.audit()
        print(audit, { json }, Object.entries(audit).map(([state, promises]) => `${state.padEnd(14)} ${promises}`).join('\n'))
        if (!isExact(audit)) process.exitCode = 1
      } finally {
        await parts.store.close()
      }
    })
}

function isExact({ received, ...parts }: Audit): boolean {
  return received === Object.values(parts).reduce((sum, promises) => sum + promises, 0)
}
