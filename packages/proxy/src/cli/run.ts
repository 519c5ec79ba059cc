import { Command, CommanderError } from 'commander'
import { addAudit } from './audit.ts'
import { addConnect } from './connect.ts'
import { addDisconnect } from './disconnect.ts'
import { addDev } from './dev.ts'
import { addEmulator } from './emulator.ts'
import { addEvents } from './events.ts'
import { addExplain } from './explain.ts'
import { addKeys } from './keys.ts'
import { addOutbox } from './outbox/outbox.ts'
import { addServe } from './serve.ts'
import { addSession } from './session.ts'
import { addToken } from './token.ts'
import { TrackError } from '../errors.ts'
import { VERSION } from '../version.ts'

/** Exit codes: 0 done, 1 failed, 2 wrong usage. */
const FAILED = 1
const WRONG_USAGE = 2

const program = new Command('trackline')
  .description('Verified events from your website to your contacts\' timelines in HubSpot')
  .version(VERSION)
  .showHelpAfterError('(add --help for the options and an example)')

for (const add of [addDev, addServe, addEmulator, addConnect, addDisconnect, addEvents, addToken, addSession, addKeys, addAudit, addExplain, addOutbox]) add(program)
for (const command of allCommands(program)) command.exitOverride()

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = report(error)
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)]
}

/** Commander has printed its own errors already. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE
  const cause = error instanceof TrackError && error.cause !== undefined ? `: ${String(error.cause)}` : ''
  process.stderr.write(`trackline: ${error instanceof Error ? error.message : String(error)}${cause}\n`)
  return isWrongUsage(error) ? WRONG_USAGE : FAILED
}

/** A TypeError that names an option is the caller's; all others are mistakes in the configuration, or ours. */
function isWrongUsage(error: unknown): boolean {
  return error instanceof TypeError && error.message.startsWith('--')
}
