import type { Command } from 'commander'
import { generateServerKey } from '../identity/server-key.ts'
import { SERVER_KEY_ENTRY, SERVER_KEY_SCOPES, writeServerKeyEntry } from '../server-key-entry.ts'
import { rotateKeys, verifyKeys } from '../vault/rotate-keys.ts'
import type { KeyParts, KeyReport } from '../vault/rotate-keys.ts'
import { generateKey, KEY_ID } from '../vault/seal.ts'
import { DEFAULT_CONFIG_FILE } from './load-config.ts'
import { print } from './output.ts'
import { withParts } from './with-parts.ts'

interface Options {
  config: string
  json?: boolean
}

export function addKeys(program: Command): void {
  const keys = program.command('keys').description('keys that seal OAuth grants, and keys for your own servers')
  keys
    .command('generate')
    .description('make a key; nothing is stored')
    .option('--id <name>', 'name of the sealing key', 'k1')
    .option('--server', 'make a server key instead: the key is for your server, the digest for the site\'s "serverKeys"')
    .option('--scopes <list>', `what the server key may do, with commas between: ${SERVER_KEY_SCOPES.join(', ')}; default: all`)
    .option('--until <day>', 'last day of the server key, such as 2027-06-30 (UTC); default: none')
    .option('--json', 'print { "keys": … } or { "key": …, "digest": …, "entry": … }')
    .addHelpText('after', '\nExample:\n  export TRACKLINE_KEYS="$(trackline keys generate)"\n  trackline keys generate --server --scopes events:write,events:identify --until 2027-06-30')
    .action(({ id, server, json, ...limits }: { id: string; server?: boolean; json?: boolean; scopes?: string; until?: string }) => {
      if (server) return printServerKey(limits, { json })
      if (limits.scopes !== undefined || limits.until !== undefined) throw new TypeError('--scopes and --until are of server keys: add --server')
      if (!KEY_ID.test(id)) throw new TypeError(`--id must be 1–32 letters, digits, _ or -: got '${id}'`)
      const key = generateKey(id)
      print({ keys: key }, { json }, key)
    })
  addReceiptKey(keys)
  addKeyCommand(keys, 'rotate', { description: 'seal everything anew with the first key of "keys", while the service goes on', work: rotateKeys })
  addKeyCommand(keys, 'verify', { description: 'open everything that is sealed; exits with 1 when no key opens something', work: verifyKeys })
}

function printServerKey(limits: { scopes?: string; until?: string }, options: { json?: boolean | undefined }): void {
  const { key, digest } = generateServerKey()
  const entry = writeServerKeyEntry(digest, limits)
  if (!new RegExp(SERVER_KEY_ENTRY).test(entry)) {
    throw new TypeError(`--scopes must name some of ${SERVER_KEY_SCOPES.join(', ')} with commas between, and --until a day such as 2027-06-30`)
  }
  print({ key, digest, entry }, options, `key, for your server (it is shown once):\n  ${key}\nentry, for the site's "serverKeys":\n  ${entry}`)
}

function addReceiptKey(keys: Command): void {
  keys
    .command('rotate-receipt-key')
    .description('sign receipts with a new key from now on; the older ones stay published, so that what they signed can be verified')
    .option('--config <file>', 'configuration file', DEFAULT_CONFIG_FILE)
    .option('--json', 'print { "kid": … }')
    .addHelpText('after', '\nExample:\n  trackline keys rotate-receipt-key --config trackline.config.ts')
    .action(({ config: file, json }: Options) => withParts(file, async ({ receipts }) => {
      const kid = await receipts.rotate()
      print({ kid }, { json }, `receipts are signed with the key ${kid}, within a minute everywhere`)
    }))
}

type Report = KeyReport & { resealed?: number }

function addKeyCommand(keys: Command, name: string, { description, work }: { description: string; work: (parts: KeyParts) => Promise<Report> }): void {
  keys
    .command(name)
    .description(description)
    .option('--config <file>', 'configuration file', DEFAULT_CONFIG_FILE)
    .option('--json', 'print { "records": …, "byKey": { … }, "unreadable": […] }')
    .addHelpText('after', `\nExample:\n  trackline keys ${name} --config trackline.config.ts`)
    .action(({ config: file, json }: Options) => withParts(file, async (parts) => {
      const report = await work({ ...parts, now: parts.world.now })
      print(report, { json }, describe(report, parts.sealer.keyIds))
      if (report.unreadable.length) process.exitCode = 1
    }))
}

function describe({ resealed, records, byKey, unreadable }: Report, configured: string[]): string {
  const unused = configured.slice(1).filter((key) => byKey[key] === undefined)
  return [
    ...(resealed === undefined ? [] : [`${resealed} sealed anew with '${configured[0]}'`]),
    `${records} sealed record${records === 1 ? '' : 's'}`,
    ...Object.entries(byKey).map(([key, sealed]) => `  ${key}: ${sealed}`),
    ...unreadable.map(({ kind, id, reason }) => `cannot be opened: ${kind} ${id}: ${reason}`),
    ...(unused.length && unreadable.length === 0 ? [`nothing is sealed with ${unused.join(', ')}: once every process has been restarted with '${configured[0]}' first, it can be removed from "keys"`] : []),
  ].join('\n')
}
