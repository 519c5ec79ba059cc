import { resolve } from 'node:path'
import { reasonOf } from '../../errors.ts'
import { missingOutbox, openParts } from '../../parts.ts'
import type { Parts, World } from '../../parts.ts'
import { readSnippet } from '../../read-snippet.ts'
import type { AccessToken } from '../../vault/vault.ts'
import { loadConfig } from '../load-config.ts'
import { siteOption } from '../site-option.ts'
import { innerChecks, outerChecks } from './checks.ts'
import type { Surroundings } from './examination.ts'
import { fine, note, wrong } from './finding.ts'
import type { Finding } from './finding.ts'
import { placeOf } from './outbox.ts'
import { runCheck } from './run-check.ts'
import type { Check, Found } from './run-check.ts'
import { snippetTag } from './snippet-tag.ts'
import type { SnippetTag } from './snippet-tag.ts'

const OPEN_WITHIN_MS = 15_000

export interface ExamineOptions {
  /** The configuration file. */
  file: string
  /** Looks at one site only. */
  site?: string | undefined
  /** Folder of the project files of app events. */
  out?: string | undefined
}

export interface Report {
  isFine: boolean
  findings: Found[]
  /** Absent where the configuration cannot be used. */
  snippet?: SnippetTag
}

/**
 * Looks at everything that a person could have got wrong, all at once, and changes nothing but an access token that is due to be renewed.
 *
 * A service may run beside it. What cannot be looked at because of something else is left out: that is found wrong itself.
 */
export async function examine(options: ExamineOptions, world: World, onFound: (found: Found[]) => void = () => undefined): Promise<Report> {
  const findings: Found[] = []
  const look = async (checks: readonly Check[]) => {
    for (const finding of checks.map(runCheck)) {
      const found = await finding
      findings.push(...found)
      onFound(found)
    }
  }
  const surroundings = await load(options, world, look)
  if (surroundings) {
    const opened = await open(surroundings, look)
    try {
      const inner = opened ? innerChecks({ ...surroundings, ...opened, out: options.out }) : []
      await look([...inner, ...outerChecks(surroundings)])
    } finally {
      await opened?.close()
    }
  }
  const snippet = surroundings && snippetTag(surroundings.config.publicUrl, surroundings.script)
  return { isFine: findings.every(({ level }) => level !== 'wrong'), findings, ...(snippet ? { snippet } : {}) }
}

type Look = (checks: readonly Check[]) => Promise<void>

async function load({ file, site }: ExamineOptions, world: World, look: Look): Promise<Surroundings | undefined> {
  let surroundings: Surroundings | undefined
  await look([{
    about: 'configuration',
    async run() {
      const [config, script] = await Promise.all([loadConfig(file), readSnippet()])
      const sites = site === undefined ? Object.values(config.sites) : [await siteOption(config, site)]
      surroundings = { config, sites, world, script }
      const unseen = sites.length ? [] : [note('"sites" is a function: no site was looked at', 'name one with --site')]
      return [fine(`${resolve(file)}: ${count(sites.length, 'site')}, ${count(Object.keys(config.events).length, 'event')}`), ...unseen]
    },
  }])
  return surroundings
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

interface Opened {
  parts: Parts
  tokenOf: (account: number) => Promise<AccessToken>
  close: () => Promise<void>
}

async function open({ config, world }: Surroundings, look: Look): Promise<Opened | undefined> {
  const missing = await missingOutbox(config)
  if (missing) {
    await look([{ about: 'outbox', run: async () => [note(missing.says, missing.remedy)] }])
    return undefined
  }
  const opening = openParts(config, world)
  let parts: Parts | undefined
  let isGivenUp = false
  // One that opens after all is closed again.
  opening.then((late) => (isGivenUp ? late.store.close() : undefined), () => undefined)
  const run = (): Promise<Finding[]> => opening.then((opened) => ((parts = opened), []), (error: unknown) => [refused(error, config.store)])
  await look([{ about: 'outbox', run, withinMs: OPEN_WITHIN_MS }])
  isGivenUp = parts === undefined
  return parts && withTokens(parts)
}

/** A developer's mistake, such as a key that is none, is told by its type. */
function refused(error: unknown, store: string): Finding {
  if (error instanceof TypeError) return wrong(reasonOf(error), 'mend the configuration')
  return wrong(`${placeOf(store)} does not open: ${reasonOf(error)}`, 'see that it is there, that this user may read and write it, and that no other program holds it')
}

/** A renewal that has begun is waited for: its answer may be the only one with a refresh token that counts. */
function withTokens(parts: Parts): Opened {
  const tokens = new Map<number, Promise<AccessToken>>()
  return {
    parts,
    tokenOf(account) {
      const asked = tokens.get(account) ?? parts.vault.accessToken(account)
      tokens.set(account, asked)
      return asked
    },
    async close() {
      await Promise.allSettled(tokens.values())
      await parts.store.close()
    },
  }
}
