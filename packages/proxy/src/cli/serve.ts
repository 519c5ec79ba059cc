import { Option } from 'commander'
import type { Command } from 'commander'
import { ROLES, startServer } from '../server.ts'
import type { Role } from '../server.ts'
import { realWorld } from '../world.ts'
import { DEFAULT_CONFIG_FILE, loadConfig } from './load-config.ts'
import { logLevelOption } from './log-level-option.ts'
import { print, readPort } from './output.ts'
import { untilStopped } from './until-stopped.ts'

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('accept events and deliver them to HubSpot')
    .option('--config <file>', 'configuration file', DEFAULT_CONFIG_FILE)
    .option('--port <number>', 'port to listen on, in place of the configuration\'s "port" (4400 where that has none)', readPort('--port'))
    .addOption(new Option('--role <role>', 'what this process does, where several share one store').choices(ROLES).default('all'))
    .addOption(logLevelOption('how much to log; debug: a line for each event too', 'info'))
    .option('--json', 'print { "url": … } once it listens; log lines, which are JSON too, go to the same place')
    .addHelpText('after', '\nExample:\n  trackline serve --config trackline.config.ts --port 4400')
    .action(async ({ config: file, port, role, logLevel, json }: { config: string; port?: number; role: Role; logLevel: string; json?: boolean }) => {
      const config = await loadConfig(file)
      const server = await startServer({ ...config, port: port ?? config.port }, realWorld({ logLevel }), role)
      print({ url: server.url }, { json }, `trackline listens on ${server.url}`)
      await untilStopped(server.stop)
    })
}
