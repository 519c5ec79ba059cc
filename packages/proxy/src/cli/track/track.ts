import type { Json } from '@trackline/shared'
import type { Command } from 'commander'
import { readJson, readMoment, readProp } from '../event-options.ts'
import { DEFAULT_CONFIG_FILE } from '../load-config.ts'
import { print } from '../output.ts'
import { findService } from './find-service.ts'
import { outcomeOf } from './outcome-of.ts'
import type { TrackOutcome } from './outcome-of.ts'
import { sendEvent } from './send-event.ts'
import { typedProperties } from './typed-properties.ts'
import { waitForEvent } from './wait-for-event.ts'

interface Options {
  config: string
  url?: string
  site?: string
  email?: string
  userId?: string
  prop?: Record<string, string>
  extraData?: Json
  timestamp?: number
  messageId?: string
  wait?: number
  json?: boolean
}

const DEFAULT_WAIT_SECONDS = 30
const MAX_WAIT_SECONDS = 600

export function addTrack(program: Command): void {
  program
    .command('track <event>')
    .description('send one event as a server of yours would, through the running service')
    .option('--config <file>', 'configuration file: it says where the service is and what kind each property has', DEFAULT_CONFIG_FILE)
    .option('--url <origin>', 'where the service is, instead of the configuration\'s publicUrl')
    .option('--site <name>', 'site that the event belongs to; needed where there are several')
    .option('--email <address>', 'the person\'s email')
    .option('--user-id <id>', 'the person\'s id on your site')
    .option('--prop <name=value>', 'a property\'s value; may be repeated; "name=" leaves it out', readProp)
    .option('--extra-data <json>', 'extraData of the event', readJson)
    .option('--timestamp <moment>', 'when it happened: ISO 8601, or milliseconds since 1970 (default: now)', readMoment)
    .option('--message-id <id>', 'the event\'s own id: the same one again is answered "duplicate"')
    .option('--wait [seconds]', `wait until HubSpot has it, 1–${MAX_WAIT_SECONDS} seconds (${DEFAULT_WAIT_SECONDS} where none are named); exits with 1 when it has not`, readWait)
    .option('--json', 'print { "messageId", "status", "state"?, "deliveries"? }')
    .addHelpText('after', `
The server key is read from TRACKLINE_SERVER_KEY, which may stand in .env beside
the configuration: as an argument it would stay in the history of your shell.
"trackline keys generate --server" makes one.

Example:
  trackline track login --site main --email ada@example.com --prop method=sso --wait`)
    .action(track)
}

async function track(event: string, options: Options): Promise<void> {
  const { email, userId, extraData, timestamp, messageId } = options
  if (email === undefined && userId === undefined) throw new TypeError('--email or --user-id must say whose event it is')
  const service = await findService(options)
  const person = { ...(email === undefined ? {} : { email }), ...(userId === undefined ? {} : { userId }) }
  const more = { ...(extraData === undefined ? {} : { extraData }), ...(timestamp === undefined ? {} : { timestamp }), ...(messageId === undefined ? {} : { messageId }) }
  const properties = typedProperties(options.prop ?? {}, service.events?.[event])
  const sent = await sendEvent(service, { event, ...person, ...more, properties })
  const waited = options.wait === undefined || sent.status === 'rejected' ? undefined : await waitForEvent(service, { messageId: sent.messageId, userId, forSeconds: options.wait })
  tell(outcomeOf(event, sent, waited), options)
}

function tell({ isDone, says, ...outcome }: TrackOutcome, options: Options): void {
  print(outcome, options, says)
  if (!isDone) process.exitCode = 1
}

function readWait(text: string | true): number {
  const seconds = text === true ? DEFAULT_WAIT_SECONDS : Number(/^(\d{1,3})s?$/.exec(text)?.[1])
  if (seconds >= 1 && seconds <= MAX_WAIT_SECONDS) return seconds
  throw new TypeError(`--wait must be seconds from 1 to ${MAX_WAIT_SECONDS}: got '${String(text)}'`)
}
