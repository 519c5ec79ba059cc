import type { Site } from '../../config.ts'
import type { RequestLimits } from '../../hubspot/request-limits.ts'
import type { AccountState, SealedGrant } from '../../outbox/store.ts'
import { meaningOf } from '../../outcome.ts'
import type { Examination } from './examination.ts'
import { fine, note, wrong } from './finding.ts'
import type { Finding } from './finding.ts'

const RECONNECT = (sites: readonly Site[]) => `run "trackline connect --site ${sites[0]?.name ?? '<name>'}", and have a HubSpot administrator open the link`

/** The connection to one HubSpot account: there, alive, of that account, allowed to do what is needed; and how far its limits are. */
export async function checkAccount(examination: Examination, account: number): Promise<Finding[]> {
  const { parts, tokenOf, world } = examination
  const sites = examination.sites.filter(({ portal }) => portal === account)
  const before = await parts.store.readGrant(account)
  const token = await tokenOf(account)
  const state = (await parts.store.accountStates()).find((each) => each.account === account)
  const pauses = state === undefined ? [] : judgePause(state, parts.world.now().getTime())
  if (token.kind === 'none') {
    const { code, detail } = token.outcome
    const remedy = code === 'GRANT_REFRESH_FAILED' ? 'check hubspot.clientId and hubspot.clientSecret, and that this machine reaches HubSpot' : RECONNECT(sites)
    return [wrong(meaningOf(code, detail), remedy), ...pauses]
  }
  const after = await parts.store.readGrant(account)
  const known = await judgeToken(examination, { account, accessToken: token.accessToken, sites })
  return [connected(before, after, world.now().getTime()), ...known, ...pauses]
}

function connected(before: SealedGrant | undefined, after: SealedGrant | undefined, now: number): Finding {
  const minutes = Math.round(((after?.expiresAt ?? now) - now) / 60_000)
  const isRenewed = before?.version !== after?.version
  return fine(`connected; the access token ${isRenewed ? 'has been renewed just now and ' : ''}is good for ${minutes} min, and is renewed before`)
}

async function judgeToken({ parts: { inspect } }: Examination, { account, accessToken, sites }: { account: number; accessToken: string; sites: readonly Site[] }): Promise<Finding[]> {
  const [facts, details] = await Promise.all([inspect.token(accessToken), inspect.account(accessToken)])
  const owner = details.portalId ?? facts.hubId
  return [
    ...(details.problem === undefined ? [] : [wrong(`HubSpot refuses the access token: ${details.problem}`, RECONNECT(sites))]),
    ...(facts.problem === undefined ? [] : [wrong(`HubSpot does not say what the token may do: ${facts.problem}`, 'check hubspot.clientId and hubspot.clientSecret')]),
    ...(owner === undefined || owner === account ? [] : [wrong(`the connection is of account ${owner}, not of ${account}`, RECONNECT(sites))]),
    ...(facts.scopes === undefined ? [] : [judgeScopes(facts.scopes, sites.flatMap(inspect.scopesNeeded), sites)]),
    ...judgeLimits(details.limits),
  ]
}

function judgeScopes(granted: readonly string[], needed: readonly string[], sites: readonly Site[]): Finding {
  const missing = [...new Set(needed)].filter((scope) => !granted.includes(scope))
  if (missing.length === 0) return fine(`the account granted every scope that is needed: ${[...new Set(needed)].join(', ')}`)
  return wrong(`the account has not granted ${missing.join(', ')}`, `add ${missing.length === 1 ? 'it' : 'them'} to the scopes of your HubSpot app (and to hubspot.scopes, where that is set), then ${RECONNECT(sites)}`)
}

function judgeLimits({ max, remaining, dailyRemaining }: RequestLimits): Finding[] {
  const short = max === undefined || remaining === undefined ? [] : [`${remaining} of ${max} requests are left in these 10 seconds`]
  const daily = dailyRemaining === undefined ? [] : [`${dailyRemaining} today`]
  if (dailyRemaining === 0) return [wrong('no request is left today', 'delivery goes on after midnight in the account\'s time zone; see what else uses this account\'s requests')]
  return short.length + daily.length ? [fine([...short, ...daily].join(', '))] : []
}

function judgePause({ pausedUntil, failures }: AccountState, now: number): Finding[] {
  if (pausedUntil <= now || failures === 0) return []
  return [note(`delivery pauses until ${new Date(pausedUntil).toISOString()}, after ${failures} ${failures === 1 ? 'failure' : 'failures'} in a row`, 'it goes on by itself; "trackline explain" tells of an event why it waits')]
}
