import { inspectToken } from '@trackline/session'
import type { SessionPreset } from '@trackline/session'
import { reasonOf } from '../../errors.ts'
import { fine, note, wrong } from './finding.ts'
import type { Finding } from './finding.ts'

const UNREACHED = 'open the address from this machine: a wrong address, a firewall or a proxy keeps it away; no new session is accepted until it answers'

/** How a provider is asked: with the service's own caution. */
export interface Asker {
  now: () => Date
  fetch: typeof fetch
  newSecret: () => string
}

/** Whether the sessions of one kind can be verified now, and which are taken. */
export async function judgeSession(preset: SessionPreset, asker: Asker): Promise<Finding[]> {
  return [await judgeKeys(preset, asker), ...judgeWidth(preset)]
}

async function judgeKeys(preset: SessionPreset, asker: Asker): Promise<Finding> {
  const taken = [`sessions of ${preset.name}`, ...preset.issuers.map((issuer) => `issuer ${issuer}`), ...(preset.audience === undefined ? [] : [`audience ${preset.audience}`]), lifetimeOf(preset)].join(', ')
  try {
    if (preset.loadKeys) return fine(`${taken}: ${keysOf(await preset.loadKeys(asker))} at ${preset.keySource}`)
    const problem = preset.form === 'opaque' ? await askAboutNobody(preset, asker) : undefined
    if (problem !== undefined) return wrong(`${preset.name} does not say whose a token is: ${problem}`, UNREACHED)
    return fine(`${taken}: verified with ${preset.keySource}`)
  } catch (error) {
    return wrong(`the keys of ${preset.name} cannot be loaded from ${preset.keySource}: ${reasonOf(error)}`, UNREACHED)
  }
}

function keysOf(keys: readonly { algorithm: string }[]): string {
  return `${keys.length} ${keys.length === 1 ? 'key' : 'keys'} (${[...new Set(keys.map(({ algorithm }) => algorithm))].join(', ')})`
}

/** Asks whose a token is that nobody has: an endpoint that works says that it is nobody's. */
async function askAboutNobody(preset: SessionPreset, { newSecret, ...asker }: Asker): Promise<string | undefined> {
  const [verdict] = await inspectToken(newSecret(), [preset], asker)
  const unavailable = verdict?.refusals.find(({ reason }) => reason === 'keys_unavailable')
  return unavailable && reasonOf(unavailable)
}

function lifetimeOf({ maxLifetimeSeconds: seconds }: SessionPreset): string {
  if (seconds === undefined) return 'of any lifetime'
  return seconds >= 3_600 ? `living ${seconds / 3_600} h at most` : `living ${seconds / 60} min at most`
}

/** Where more is taken than need be. */
function judgeWidth({ name, audience, issuers, form, claimRules }: SessionPreset): Finding[] {
  // The first rule is the issuer's; further ones may bind a token to an application in the audience's place.
  if (form !== 'signed' || audience !== undefined || claimRules.length > 1) return []
  return [note(`${name} takes tokens of ${issuers.length ? 'that issuer' : 'any issuer'} that were made for any audience`, `set ${name}({ audience }) to what the tokens carry in "aud"`)]
}
