import { once } from 'node:events'
import { createWriteStream, openSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { Option } from 'commander'
import type { Command } from 'commander'
import { DEFAULT_CONFIG_FILE } from '../load-config.ts'
import { print } from '../output.ts'
import { findService } from '../track/find-service.ts'
import { FORMATS, readLines } from './read-lines.ts'
import type { Format } from './read-lines.ts'
import { sendLines } from './send-lines.ts'
import type { Outcome } from './send-lines.ts'

interface Options {
  config: string
  url?: string
  site?: string
  format?: Format
  rejected?: string
  json?: boolean
}

/** Rejected lines that are told of where no file takes them. */
const MAX_TOLD = 20
const TELL_EVERY = 1_000

export function addImport(program: Command): void {
  program
    .command('import <file>')
    .description('send the events of a file, in its order, as a server of yours would, through the running service; exits with 1 when some were rejected')
    .option('--config <file>', 'configuration file: it says where the service is and what kind each property has', DEFAULT_CONFIG_FILE)
    .option('--url <origin>', 'where the service is, instead of the configuration\'s publicUrl')
    .option('--site <name>', 'site that the events belong to; needed where there are several')
    .addOption(new Option('--format <format>', 'what the file is; without it, its name says it (.csv), else it is JSON Lines').choices(FORMATS))
    .option('--rejected <file>', 'write the rejected ones there as JSON Lines, each with its line and reason, to be mended and imported')
    .option('--json', 'print { "queued", "duplicate", "rejected" }')
    .addHelpText('after', `
JSON Lines: each line a message, as POST /v1/track takes it. CSV: the first line
names the columns: event, timestamp, userId, email, messageId, objectId, domain;
every other is a property, and so is "properties.email". "-" is the standard input.

An event without a messageId is known by what it says: the same file again
brings nothing twice, as long as delivered events are remembered.

The server key is read from TRACKLINE_SERVER_KEY, which may stand in .env beside
the configuration. "trackline keys generate --server" makes one.

Example:
  trackline import logins.csv --site main --rejected rejected.jsonl`)
    .action(importEvents)
}

async function importEvents(file: string, options: Options): Promise<void> {
  const service = await findService(options)
  const lines = readLines(file, { format: options.format ?? (extname(file) === '.csv' ? 'csv' : 'jsonl'), events: service.events })
  const counts = { queued: 0, duplicate: 0, rejected: 0 }
  const rejections = takeRejections(otherThan(file, options.rejected))
  const says = () => `queued ${counts.queued}, duplicate ${counts.duplicate}, rejected ${counts.rejected}`
  try {
    for await (const outcome of sendLines(service, lines)) {
      counts[outcome.status] += 1
      if (outcome.status === 'rejected') await rejections.take(outcome)
      if (process.stderr.isTTY && (counts.queued + counts.duplicate + counts.rejected) % TELL_EVERY === 0) process.stderr.write(`\r${says()} `)
    }
  } catch (error) {
    if (Object.values(counts).some((count) => count > 0)) process.stderr.write(`trackline: it stopped after: ${says()}. Given again, the command sends what is missing\n`)
    throw error
  } finally {
    await rejections.end()
  }
  print(counts, options, says())
  if (counts.rejected > 0) process.exitCode = 1
}

/** @throws TypeError where what is read would be written over */
function otherThan(file: string, rejected: string | undefined): string | undefined {
  if (rejected === undefined || resolve(rejected) !== resolve(file)) return rejected
  throw new TypeError(`--rejected must name another file than the one that is imported: got '${rejected}'`)
}

type Rejected = Extract<Outcome, { status: 'rejected' }>

/** To a file, or the first of them to the terminal. */
function takeRejections(path: string | undefined) {
  let told = 0
  if (path === undefined) {
    return {
      async take({ line, code, why }: Rejected): Promise<void> {
        if (++told <= MAX_TOLD) process.stderr.write(`line ${line.number}: ${code === undefined ? '' : `${code}: `}${why}\n`)
      },
      async end(): Promise<void> {
        if (told > MAX_TOLD) process.stderr.write(`and ${told - MAX_TOLD} more: --rejected FILE writes them all\n`)
      },
    }
  }
  const file = createWriteStream(path, { fd: openSync(path, 'w', 0o600) })
  return {
    async take({ line, code, why }: Rejected): Promise<void> {
      const message = 'message' in line ? line.message : {}
      const isWritten = file.write(`${JSON.stringify({ ...message, rejected: { line: line.number, ...(code === undefined ? {} : { code }), why } })}\n`)
      if (!isWritten) await once(file, 'drain')
    },
    async end(): Promise<void> {
      file.end()
      await once(file, 'close')
    },
  }
}
