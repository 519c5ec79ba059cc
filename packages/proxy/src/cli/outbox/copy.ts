import { resolve } from 'node:path'
import type { Command } from 'commander'
import { isPostgres } from '../../config-problems.ts'
import { copyStore } from '../../parts.ts'
import { shownStore } from '../../shown-store.ts'
import { realWorld } from '../../world.ts'
import { DEFAULT_CONFIG_FILE, loadConfig } from '../load-config.ts'
import { print } from '../output.ts'

interface CopyOptions {
  config: string
  json?: boolean
}

export function addCopy(outbox: Command): void {
  outbox
    .command('copy <file>')
    .description('copy a SQLite outbox into the PostgreSQL database that "store" names, before a service runs on several machines; stop the service first')
    .option('--config <file>', 'configuration file', DEFAULT_CONFIG_FILE)
    .option('--json', 'print { "outbox": rows, "moments": rows, … }')
    .addHelpText('after', `
Events in every state, histories, emails, connections, keys and counts: all of it,
in one transaction. The database must hold no outbox, or an empty one. The file
stays as it is: do not start a service on it again.

Example:
  trackline outbox copy ./data/trackline.db --config trackline.config.ts`)
    .action(async (file: string, { config, json }: CopyOptions) => {
      const loaded = await loadConfig(config)
      if (!isPostgres(loaded.store)) throw new TypeError('"store" must name the PostgreSQL database that the outbox is to be copied into')
      const onStep = (rows: number) => {
        if (!json && process.stderr.isTTY) process.stderr.write(`\rrows copied: ${rows} `)
      }
      const copied = await copyStore(loaded, resolve(file), { now: realWorld({ logLevel: 'silent' }).now().getTime(), onStep })
      print(copied, { json }, `copied into ${shownStore(loaded.store)}: ${copied.outbox} rows of events, ${copied.moments} moments, ${copied.identities} emails, ${copied.grants} connections. "trackline audit --recount" compares the counts`)
    })
}
