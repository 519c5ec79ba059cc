import type { Command } from 'commander'
import type { Denial, Store } from '../outbox/store.ts'
import type { Parts } from '../parts.ts'
import { DEFAULT_CONFIG_FILE, loadConfig } from './load-config.ts'
import { print } from './output.ts'
import { siteOption } from './site-option.ts'
import { withParts } from './with-parts.ts'

interface Options {
  config: string
  sub?: string
  sid?: string
  jti?: string
  site?: string
  issuer?: string
  for?: string
  json?: boolean
}

const KINDS = ['sub', 'sid', 'jti'] as const
const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 }
const PAGE = 1_000

export function addSession(program: Command): void {
  const session = program.command('session').description('the deny list: whose sessions are refused, within a second, by every process')
  withWhom(session.command('deny'), 'refuse the sessions of a person, one sign-in, or one token', 'trackline session deny --sub ada --site main')
    .option('--for <duration>', 'until then only, such as 30m, 12h, 7d; a sign-in or a token need not be denied for longer than it lives')
    .action((options: Options) => onOutbox(options, deny))
  withWhom(session.command('allow'), 'take an entry back, named as it was denied', 'trackline session allow --sub ada --site main')
    .action((options: Options) => onOutbox(options, allow))
  withCommon(session.command('list'), 'show whose sessions are refused', 'trackline session list')
    .action((options: Options) => onOutbox(options, list))
}

function withCommon(command: Command, description: string, example: string): Command {
  return command
    .description(description)
    .option('--config <file>', 'configuration file', DEFAULT_CONFIG_FILE)
    .option('--json', 'print as JSON')
    .addHelpText('after', `\nExample:\n  ${example} --config trackline.config.ts`)
}

function withWhom(command: Command, description: string, example: string): Command {
  return withCommon(command, description, example)
    .option('--sub <id>', 'a person: the "sub" claim of their tokens')
    .option('--sid <id>', 'one sign-in: the "sid" claim')
    .option('--jti <id>', 'one token: the "jti" claim')
    .option('--site <name>', 'on this site only; without it, on every one')
    .option('--issuer <issuer>', 'of this issuer only, exactly as the "iss" claim says; without it, of any')
}

async function onOutbox(options: Options, use: (parts: Parts, options: Options) => Promise<void>): Promise<void> {
  const config = await loadConfig(options.config)
  if (options.site !== undefined) await siteOption(config, options.site)
  await withParts(config, (parts) => use(parts, options))
}

async function deny({ store, world }: Parts, options: Options): Promise<void> {
  const until = options.for === undefined ? {} : { until: world.now().getTime() + readDuration(options.for) }
  const denial = { ...whom(options), ...until }
  await store.deny(denial)
  print(shown(denial), options, `denied, within a second everywhere: ${says(denial)}`)
}

async function allow({ store, world }: Parts, options: Options): Promise<void> {
  const entry = whom(options)
  const isListed = (await currentDenials(store, world.now())).some((denial) => isSame(denial, entry))
  if (!isListed) throw new Error(`there is no such entry: ${says(entry)}; see "trackline session list"`)
  await store.deny({ ...entry, until: world.now().getTime() })
  print(shown(entry), options, `allowed again, within a second everywhere: ${says(entry)}`)
}

async function list({ store, world }: Parts, options: Options): Promise<void> {
  const denials = await currentDenials(store, world.now())
  print({ denials: denials.map(shown) }, options, denials.length ? denials.map(says).join('\n') : 'Nobody is denied.')
}

/** Whose sessions are refused now. */
export async function currentDenials(store: Pick<Store, 'readDenials'>, now: Date): Promise<Denial[]> {
  const all: Denial[] = []
  for (let after = 0; ; ) {
    const page = await store.readDenials({ after, limit: PAGE })
    all.push(...page)
    after = page.at(-1)?.revision ?? after
    if (page.length < PAGE) return all.filter(({ until }) => until === undefined || until > now.getTime())
  }
}

function whom(options: Options): Denial {
  const [kind, another] = KINDS.filter((each) => options[each] !== undefined)
  const value = kind && options[kind]
  if (!kind || !value || another) throw new TypeError('--sub, --sid or --jti must say whom: exactly one of them')
  return { kind, value, site: options.site ?? '', issuer: options.issuer ?? '' }
}

function readDuration(text: string): number {
  const [, amount, unit] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? []
  if (amount === undefined || unit === undefined) throw new TypeError(`--for must be a duration such as 30m, 12h or 7d: got '${text}'`)
  // The expression lets these three through.
  return Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS]
}

function isSame(a: Denial, b: Denial): boolean {
  return a.kind === b.kind && a.value === b.value && a.site === b.site && a.issuer === b.issuer
}

function shown({ kind, value, site, issuer, until }: Denial) {
  return {
    [kind]: value,
    ...(site === '' ? {} : { site }),
    ...(issuer === '' ? {} : { issuer }),
    ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
  }
}

function says(denial: Denial): string {
  return Object.entries(shown(denial)).map(([name, value]) => `${name} ${value}`).join(', ')
}
