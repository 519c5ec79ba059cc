import { Command, Help } from 'commander'
import { addAudit } from './audit.ts'
import { addConnect } from './connect.ts'
import { addDev } from './dev.ts'
import { addDisconnect } from './disconnect.ts'
import { addDoctor } from './doctor/doctor.ts'
import { addEmulator } from './emulator.ts'
import { addEvents } from './events.ts'
import { addExplain } from './explain.ts'
import { addIcon } from './icon.ts'
import { addImport } from './import/import.ts'
import { addInit } from './init/init.ts'
import { addKeys } from './keys.ts'
import { addMigrate } from './migrate.ts'
import { addOutbox } from './outbox/outbox.ts'
import { addPreview } from './preview.ts'
import { addPrivacy } from './privacy.ts'
import { addServe } from './serve.ts'
import { addSession } from './session.ts'
import { addToken } from './token/token.ts'
import { addTrack } from './track/track.ts'
import { VERSION } from '../version.ts'

/** Every command, in the order in which the help lists them. */
const COMMANDS = [
  addDev,
  addServe,
  addEmulator,
  addInit,
  addConnect,
  addDisconnect,
  addEvents,
  addPreview,
  addTrack,
  addImport,
  addMigrate,
  addIcon,
  addToken,
  addSession,
  addKeys,
  addAudit,
  addExplain,
  addDoctor,
  addOutbox,
  addPrivacy,
]

/** The `trackline` command, not yet run. */
export function createProgram(): Command {
  const program = new Command('trackline')
    .description('Verified events from your website to your contacts\' timelines in HubSpot')
    .version(VERSION)
    .showHelpAfterError('(add --help for the options and an example)')
    .configureHelp({ optionDescription: (option) => new Help().optionDescription(option) + (option.mandatory ? ' (required)' : '') })
  for (const add of COMMANDS) add(program)
  return program
}
