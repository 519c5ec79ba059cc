import type { Command } from 'commander'
import type { Audit, SiteAudit, Store } from '../outbox/store.ts'
import { withDevOption, withOutbox } from './dev-option.ts'
import type { OutboxOptions } from './dev-option.ts'
import { DEFAULT_CONFIG_FILE } from './load-config.ts'
import { print } from './output.ts'

interface AuditOptions extends OutboxOptions {
  json?: boolean
  recount?: boolean
}

export function addAudit(program: Command): void {
  withDevOption(program.command('audit').option('--config <file>', 'configuration file', DEFAULT_CONFIG_FILE))
    .description('account for everything ever received, an event once for each of its targets; exits with 1 when the sum is not exact')
    .option('--recount', 'count every stored event too, and compare; takes long where there are many')
    .option('--json', 'print the counts as JSON')
    .addHelpText('after', '\nExample:\n  trackline audit --config trackline.config.ts --json')
    .action((options: AuditOptions) => withOutbox(options, async ({ store }) => {
      const audit = await store.audit()
      const wrong = [...(isExact(audit) ? [] : ['the sum is not exact']), ...(options.recount ? await miscounted(store) : [])]
      print(audit, options, Object.entries(audit).map(([state, promises]) => `${state.padEnd(14)} ${promises}`).join('\n'))
      for (const line of wrong) process.stderr.write(`trackline: ${line}\n`)
      if (wrong.length) process.exitCode = 1
    }))
}

function isExact({ received, ...parts }: Audit): boolean {
  return received === Object.values(parts).reduce((sum, promises) => sum + promises, 0)
}

/** Events go on arriving while rows are counted: a site is wrong only when its counts before and after agree, and the rows do not. */
async function miscounted(store: Store): Promise<string[]> {
  const before = await store.auditBySite()
  const rows = await store.countRows()
  const after = new Map((await store.auditBySite()).map((site) => [site.site, JSON.stringify(site.stored)]))
  return before.filter(({ site, stored }) => after.get(site) === JSON.stringify(stored)).flatMap(({ site, stored }) => differences(site, stored, rows.get(site)))
}

const NO_ROWS: SiteAudit['stored'] = { queued: 0, needsIdentity: 0, delivered: 0, dead: 0 }

function differences(site: string, stored: SiteAudit['stored'], counted = NO_ROWS): string[] {
  const states = Object.keys(NO_ROWS) as (keyof SiteAudit['stored'])[] // The keys of that very type.
  return states.filter((state) => stored[state] !== counted[state]).map((state) => `site '${site}': ${stored[state]} are counted as ${state}, ${counted[state]} are stored`)
}
