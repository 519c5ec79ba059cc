import { startEmulator } from '@trackline/emulator'
import type { Command } from 'commander'
import { readPort } from './output.ts'
import { untilStopped } from './until-stopped.ts'

const DEFAULT_PORT = 4401

export function addEmulator(program: Command): void {
  program
    .command('emulator')
    .description('run the HubSpot emulator alone')
    .option('--port <number>', 'port to listen on', readPort, DEFAULT_PORT)
    .option('--auto-consent', 'let the OAuth page approve at once')
    .addHelpText('after', '\nExample:\n  trackline emulator --port 4401 --auto-consent')
    .action(async ({ port, autoConsent = false }: { port: number; autoConsent?: boolean }) => {
      const emulator = await startEmulator({ port, autoConsent })
      process.stdout.write(`HubSpot emulator listens on ${emulator.url}\n`)
      await untilStopped(emulator.close)
    })
}
