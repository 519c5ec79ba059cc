import type { Config } from '../config.ts'
import { openParts } from '../parts.ts'
import type { Parts } from '../parts.ts'
import { realWorld } from '../world.ts'
import { loadConfig } from './load-config.ts'

/** Opens what a configuration, or the file of one, names, and is there already; lends it to a command, and closes it whatever happens. */
export async function withParts<Answer>(from: string | Config, use: (parts: Parts) => Promise<Answer>): Promise<Answer> {
  const config = typeof from === 'string' ? await loadConfig(from) : from
  const parts = await openParts(config, realWorld({ logLevel: 'silent' }), { mustExist: true })
  try {
    return await use(parts)
  } finally {
    await parts.store.close()
  }
}
