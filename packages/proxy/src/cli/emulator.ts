import { startEmulator } from '@trackline/emulator'
import type { EmulatorOptions } from '@trackline/emulator'
import type { Command } from 'commander'
import { EMULATED_APP } from './dev-setup.ts'
import { print, readPort } from './output.ts'
import { untilStopped } from './until-stopped.ts'

const DEFAULT_PORT = 4401
const DEFAULT_TOKEN_LIFE_SECONDS = 1_800
const MAX_TOKEN_LIFE_SECONDS = 86_400

const { appId, clientId, clientSecret, developerKey } = EMULATED_APP
const ITS_APP = `Its one app: appId ${appId}, clientId '${clientId}',
clientSecret '${clientSecret}', developerKey '${developerKey}'.`

interface Options {
  port: number
  autoConsent?: boolean
  rateLimit: boolean
  tokenLife: number
  json?: boolean
}

export function addEmulator(program: Command): void {
  program
    .command('emulator')
    .description('run the HubSpot emulator alone')
    .option('--port <number>', 'port to listen on', readPort('--port'), DEFAULT_PORT)
    .option('--auto-consent', 'let the OAuth page approve at once')
    .option('--no-rate-limit', 'take any number of calls, instead of 110 in 10 seconds for each account')
    .option('--token-life <seconds>', 'lifetime of access tokens', readTokenLife, DEFAULT_TOKEN_LIFE_SECONDS)
    .option('--json', 'print { "url": … } once it listens')
    .addHelpText('after', `\n${ITS_APP}\n\nExample:\n  trackline emulator --port 4401 --auto-consent --no-rate-limit`)
    .action(async ({ port, autoConsent = false, rateLimit, tokenLife, json }: Options) => {
      const unlimited: EmulatorOptions = rateLimit ? {} : { per10s: null }
      const emulator = await startEmulator({ port, autoConsent, accessTokenSeconds: tokenLife, ...unlimited })
      print({ url: emulator.url }, { json }, `HubSpot emulator listens on ${emulator.url}\n${ITS_APP}`)
      await untilStopped(emulator.close)
    })
}

function readTokenLife(text: string): number {
  const seconds = Number(text)
  if (/^\d{1,5}$/.test(text) && seconds >= 1 && seconds <= MAX_TOKEN_LIFE_SECONDS) return seconds
  throw new TypeError(`--token-life must be a number of seconds from 1 to ${MAX_TOKEN_LIFE_SECONDS}: got '${text}'`)
}
