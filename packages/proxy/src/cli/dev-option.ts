import { resolve } from 'node:path'
import { Option } from 'commander'
import type { Command } from 'commander'
import { resolveConfig } from '../config.ts'
import type { Config } from '../config.ts'
import { missingOutbox, partsWithoutStore } from '../parts.ts'
import type { Parts } from '../parts.ts'
import { realWorld } from '../world.ts'
import { DEFAULT_DEV_PORT, onThisMachine } from './dev-setup.ts'
import { loadConfig, loadConfigOptions } from './load-config.ts'
import { readPort } from './output.ts'
import { withParts } from './with-parts.ts'

/** Which outbox is meant. */
export interface OutboxOptions {
  config: string
  /** That of "trackline dev" on this port. */
  dev?: number
}

export function withDevOption(command: Command): Command {
  return command.addOption(new Option('--dev [port]', `look at the outbox of "trackline dev", on port ${DEFAULT_DEV_PORT} unless another is named`).preset(String(DEFAULT_DEV_PORT)).argParser(readPort('--dev')))
}

/** Lends the parts that belong to the outbox that is meant. */
export async function withOutbox<Answer>(options: OutboxOptions, use: (parts: Parts) => Promise<Answer>): Promise<Answer> {
  return withParts(await configOf(options), use)
}

async function configOf({ config: file, dev: port }: OutboxOptions): Promise<Config> {
  if (port === undefined) {
    const config = await loadConfig(file)
    // What is wrong with the configuration itself is told first.
    partsWithoutStore(config, realWorld({ logLevel: 'silent' }))
    const missing = await missingOutbox(config)
    if (missing) throw new Error(`${missing.says}: ${missing.remedy}; for that of "trackline dev", add --dev`)
    return config
  }
  const options = onThisMachine(await loadConfigOptions(file), { file, port, emulatorUrl: `http://127.0.0.1:${port + 1}` })
  const config = resolveConfig(options, resolve(file))
  if (await missingOutbox(config)) throw new Error(`no "trackline dev" of ${resolve(file)} runs on port ${port}: name its port, such as --dev 4500`)
  return config
}
