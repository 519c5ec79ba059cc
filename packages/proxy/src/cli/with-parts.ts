import { openParts } from '../parts.ts'
import type { Parts } from '../parts.ts'
import { realWorld } from '../world.ts'
import { loadConfig } from './load-config.ts'

/** Opens what a configuration file names, and is there already; lends it to a command, and closes it whatever happens. */
export async function withParts<Answer>(file: string, use: (parts: Parts) => Promise<Answer>): Promise<Answer> {
  const parts = await openParts(await loadConfig(file), realWorld({ logLevel: 'silent' }), { mustExist: true })
  try {
    return await use(parts)
  } finally {
    await parts.store.close()
  }
}
