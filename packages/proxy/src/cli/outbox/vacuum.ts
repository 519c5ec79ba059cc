import type { Command } from 'commander'
import { isPostgres } from '../../config-problems.ts'
import { vacuumStore } from '../../parts.ts'
import { DEFAULT_CONFIG_FILE, loadConfig } from '../load-config.ts'
import { print } from '../output.ts'

interface VacuumOptions {
  config: string
  full?: boolean
  json?: boolean
}

export function addVacuum(outbox: Command): void {
  outbox
    .command('vacuum')
    .description('give disk space back that forgotten events have left; a service beside it goes on')
    .option('--config <file>', 'configuration file', DEFAULT_CONFIG_FILE)
    .option('--full', 'SQLite: write the whole file anew. Nothing is accepted meanwhile: stop the service first')
    .option('--json', 'print { "beforeBytes": …, "afterBytes": …, "says": … }')
    .addHelpText('after', '\nExample:\n  trackline outbox vacuum --config trackline.config.ts')
    .action(async ({ config, full = false, json }: VacuumOptions) => {
      const loaded = await loadConfig(config)
      if (full && isPostgres(loaded.store)) throw new TypeError('--full is for a SQLite file: on PostgreSQL, VACUUM FULL (it locks the table) and pg_repack are yours to run; without --full its tables are vacuumed')
      const report = await vacuumStore(loaded, { isFull: full })
      print(report, { json }, `${report.says}\n${inMegabytes(report.beforeBytes)} before, ${inMegabytes(report.afterBytes)} now`)
    })
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
