import type { Outcome } from '../outcome.ts'
import type { SealedGrant, Store } from '../outbox/store.ts'
import type { Sealer } from './seal.ts'
import { openGrant, sealGrant } from './sealed-grant.ts'
import type { Grant } from './sealed-grant.ts'

/** Share of its life after which an access token is renewed; a random part of the second number is added. */
const REFRESH_AT_LIFE_SHARE = 0.75
const REFRESH_JITTER_LIFE_SHARE = 0.15
const SECONDS = 1000
/** After HubSpot could not renew a token that is still good, it is asked again this much later. */
const ASK_AGAIN_MS = 30_000
/** While another process renews: how often to look whether it is done. */
const LOOK_EVERY_MS = 100

/** What came of asking HubSpot for new tokens. */
export type RefreshAnswer =
  | { kind: 'granted'; tokens: Grant }
  | { kind: 'refused'; reason: string }
  | { kind: 'unavailable'; reason: string }

export interface VaultOptions {
  store: Pick<Store, 'readGrant' | 'saveGrant' | 'claimRenewal' | 'releaseRenewal'>
  sealer: Sealer
  refresh: (refreshToken: string) => Promise<RefreshAnswer>
  /** How long one process may take to renew a token before another tries: longer than `refresh` takes at most, and a save. */
  renewWithinMs: number
  now: () => Date
  random: () => number
  sleep: (ms: number) => Promise<void>
  /** The process is about to end: nobody else's renewal is waited for any more. Without it: never. */
  isEnding?: () => boolean
  log: (line: Record<string, unknown>, story: string) => void
}

/** `timeZone`: that of the account, where HubSpot told it. */
export type AccessToken = { kind: 'token'; accessToken: string; timeZone?: string } | NoToken

interface NoToken {
  kind: 'none'
  outcome: Exclude<Outcome, { kind: 'delivered' }>
}

export type Vault = ReturnType<typeof createVault>

/**
 * Keeps one OAuth grant per HubSpot account, sealed, and hands out access tokens that are still good.
 *
 * Renewal is by the clock, by one process at a time, and once in that process; the new tokens are saved before they are used; a save
 * under a version that somebody else has raised meanwhile changes nothing, and the other's tokens are taken. [docs/adr/0050]
 */
export function createVault(options: VaultOptions) {
  const { store, sealer, refresh, now, random, log } = options
  const refreshing = new Map<number, Promise<AccessToken>>()
  /** When HubSpot could last not be asked; milliseconds since 1970. */
  const failedAt = new Map<number, number>()

  /** @param rejected  an access token that HubSpot has refused: it is renewed even when the clock says it is good. */
  async function accessToken(account: number, rejected?: string): Promise<AccessToken> {
    const sealed = await store.readGrant(account)
    const read = readConnected(sealed)
    if ('kind' in read) return read
    if (read.grant.accessToken !== rejected && now().getTime() < serveUntil(read.sealed)) return tokenOf(read.grant)
    return singleFlight(account, () => renew(read.sealed, read.grant, rejected))
  }

  function readConnected(sealed: SealedGrant | undefined): { sealed: SealedGrant; grant: Grant } | AccessToken {
    if (!sealed || sealed.state === 'disconnected') return notConnected()
    if (sealed.state === 'reconnect') return none({ kind: 'retry', code: 'RECONNECT_NEEDED', ...(sealed.problem ? { detail: sealed.problem } : {}) })
    try {
      return { sealed, grant: openGrant(sealer, sealed) }
    } catch (error) {
      return none({ kind: 'retry', code: 'GRANT_UNREADABLE', detail: error instanceof Error ? error.message : String(error) })
    }
  }

  /** Until the clock asks for a new token; after HubSpot could not give one, the old one serves on a while before it is asked again. */
  function serveUntil({ account, refreshAt, expiresAt }: SealedGrant): number {
    return Math.max(refreshAt, Math.min(expiresAt, (failedAt.get(account) ?? -Infinity) + ASK_AGAIN_MS))
  }

  function singleFlight(account: number, work: () => Promise<AccessToken>): Promise<AccessToken> {
    const running = refreshing.get(account)
    if (running) return running
    const started = work().finally(() => refreshing.delete(account))
    refreshing.set(account, started)
    return started
  }

  /** One process renews; the others serve the old token while it is good, and else wait for what the one gets. */
  async function renew(sealed: SealedGrant, grant: Grant, rejected: string | undefined): Promise<AccessToken> {
    const { account, version } = sealed
    const isUsable = grant.accessToken !== rejected && now().getTime() < sealed.expiresAt
    const giveUpAt = now().getTime() + 2 * options.renewWithinMs
    while (now().getTime() < giveUpAt && !options.isEnding?.()) {
      const until = now().getTime() + options.renewWithinMs
      if (await store.claimRenewal({ account, version, now: now().getTime(), until })) return renewClaimed(sealed, grant, until)
      const current = await store.readGrant(account)
      if (current?.version !== version) return use(current)
      if (isUsable) return tokenOf(grant)
      await options.sleep(LOOK_EVERY_MS)
    }
    return none({ kind: 'retry', code: 'GRANT_REFRESH_FAILED', detail: 'another process has begun to renew the access token and does not end' })
  }

  async function renewClaimed(sealed: SealedGrant, grant: Grant, until: number): Promise<AccessToken> {
    const { account, version } = sealed
    const answer = await refresh(grant.refreshToken)
    // HubSpot told the time zone when the account was connected; a renewal says nothing of it.
    if (answer.kind === 'granted') return keep(sealed, { ...(grant.timeZone === undefined ? {} : { timeZone: grant.timeZone }), ...answer.tokens })
    if (answer.kind === 'refused') return park(sealed, grant, answer.reason)
    await store.releaseRenewal({ account, version, until })
    failedAt.set(account, now().getTime())
    log({ portalId: account, detail: answer.reason }, 'grant.refresh_failed')
    if (now().getTime() < sealed.expiresAt) return tokenOf(grant)
    return none({ kind: 'retry', code: 'GRANT_REFRESH_FAILED', detail: answer.reason })
  }

  /** Saved before used: a crash in between must not lose a refresh token that HubSpot may have replaced. */
  async function keep({ account, version }: SealedGrant, tokens: Grant): Promise<AccessToken> {
    const isSaved = await store.saveGrant(seal(account, version + 1, tokens))
    log({ portalId: account, isSaved, expiresInSeconds: tokens.expiresIn }, 'grant.refreshed')
    return isSaved ? tokenOf(tokens) : use(await store.readGrant(account))
  }

  /** HubSpot says the refresh token is worthless. If somebody else renewed it meanwhile, theirs is not. */
  async function park(sealed: SealedGrant, grant: Grant, reason: string): Promise<AccessToken> {
    const { account } = sealed
    const version = sealed.version + 1
    const parked = { ...sealed, version, state: 'reconnect', problem: reason, sealed: sealGrant(sealer, { account, version }, grant) } as const
    if (!(await store.saveGrant(parked))) return use(await store.readGrant(account))
    log({ portalId: account, detail: reason }, 'grant.reconnect_needed')
    return none({ kind: 'retry', code: 'RECONNECT_NEEDED', detail: reason })
  }

  /** What somebody else has saved. */
  function use(sealed: SealedGrant | undefined): AccessToken {
    const read = readConnected(sealed)
    return 'kind' in read ? read : tokenOf(read.grant)
  }

  /** Keeps the tokens of a finished installation, whatever was there before. */
  async function saveInstall(account: number, tokens: Grant): Promise<void> {
    for (;;) {
      const version = (await store.readGrant(account))?.version ?? 0
      if (await store.saveGrant(seal(account, version + 1, tokens), { endsPause: true })) return
    }
  }

  /** Forgets the tokens of an account; gives back what they were, if they can be opened. Its events wait. */
  async function removeGrant(account: number): Promise<{ wasConnected: boolean; grant?: Grant }> {
    for (;;) {
      const before = await store.readGrant(account)
      if (!before || before.state === 'disconnected') return { wasConnected: false }
      const { problem: _, ...kept } = before
      if (!(await store.saveGrant({ ...kept, version: before.version + 1, state: 'disconnected', sealed: '' }))) continue
      const read = readConnected({ ...before, state: 'connected' })
      return { wasConnected: true, ...('kind' in read ? {} : { grant: read.grant }) }
    }
  }

  function seal(account: number, version: number, grant: Grant): SealedGrant {
    const grantedAt = now().getTime()
    const lifeShare = REFRESH_AT_LIFE_SHARE + REFRESH_JITTER_LIFE_SHARE * random()
    return {
      account,
      version,
      state: 'connected',
      sealed: sealGrant(sealer, { account, version }, grant),
      refreshAt: grantedAt + Math.floor(grant.expiresIn * SECONDS * lifeShare),
      expiresAt: grantedAt + grant.expiresIn * SECONDS,
    }
  }

  return { accessToken, saveInstall, removeGrant }
}

function tokenOf({ accessToken, timeZone }: Grant): AccessToken {
  return { kind: 'token', accessToken, ...(timeZone === undefined ? {} : { timeZone }) }
}

/** @param detail  why, where that is known */
export function notConnected(detail?: string): NoToken {
  return none({ kind: 'retry', code: 'NOT_CONNECTED', ...(detail === undefined ? {} : { detail }) })
}

function none(outcome: NoToken['outcome']): NoToken {
  return { kind: 'none', outcome }
}
