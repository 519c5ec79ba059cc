import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { resolveConfig } from '../config.ts'
import type { Config, ConfigOptions } from '../config.ts'
import { importFile } from './import-file.ts'

export const DEFAULT_CONFIG_FILE = 'trackline.config.ts'

/**
 * Reads a configuration file. A `.env` beside it is read first; what the environment already has goes before it.
 *
 * @throws TypeError naming every problem at once; Error when there is no such file
 */
export async function loadConfig(file: string): Promise<Config> {
  return resolveConfig(await loadConfigOptions(file), resolve(file))
}

/** Reads the file and checks nothing yet. */
export async function loadConfigOptions(file: string): Promise<ConfigOptions> {
  const path = resolve(file)
  if (!existsSync(path)) throw new Error(`there is no configuration file at ${path}: name one with --config`)
  const environment = join(dirname(path), '.env')
  if (existsSync(environment)) process.loadEnvFile(environment)
  const module: { default?: ConfigOptions } = await importFile(path)
  if (!module.default) throw new TypeError(`${path} must export its configuration: "export default defineConfig({ … })"`)
  return module.default
}
