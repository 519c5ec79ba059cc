import type { Outcome } from '../outcome.ts'
import type { SealedGrant, Store } from '../outbox/store.ts'
import type { Sealer } from './seal.ts'

/** Share of its life after which an access token is renewed; a random part of the second number is added. */
const REFRESH_AT_LIFE_SHARE = 0.75
const REFRESH_JITTER_LIFE_SHARE = 0.15
const SECONDS = 1000
/** After HubSpot could not renew a token that is still good, it is asked again this much later. */
const ASK_AGAIN_MS = 30_000

/** An OAuth grant, opened: the right to write to one HubSpot account. */
export interface Grant {
  accessToken: string
  refreshToken: string
  /** Seconds from the moment it was granted. */
  expiresIn: number
}

/** What came of asking HubSpot for new tokens. */
export type RefreshAnswer =
  | { kind: 'granted'; tokens: Grant }
  | { kind: 'refused'; reason: string }
  | { kind: 'unavailable'; reason: string }

export interface VaultOptions {
  store: Pick<Store, 'readGrant' | 'saveGrant'>
  sealer: Sealer
  refresh: (refreshToken: string) => Promise<RefreshAnswer>
  now: () => Date
  random: () => number
}

export type AccessToken = { kind: 'token'; accessToken: string } | { kind: 'none'; outcome: Outcome }

export type Vault = ReturnType<typeof createVault>

/**
 * Keeps one OAuth grant per HubSpot account, sealed, and hands out access tokens that are still good.
 *
 * Renewal is by the clock, one at a time for each account; the new tokens are saved before they are used; a save under a version
 * that somebody else has raised meanwhile changes nothing, and the other's tokens are taken.
 */
export function createVault({ store, sealer, refresh, now, random }: VaultOptions) {
  const refreshing = new Map<number, Promise<AccessToken>>()
  /** When HubSpot could last not be asked; milliseconds since 1970. */
  const failedAt = new Map<number, number>()

  /** @param rejected  an access token that HubSpot has refused: it is renewed even when the clock says it is good. */
  async function accessToken(account: number, rejected?: string): Promise<AccessToken> {
    const sealed = await store.readGrant(account)
    if (!sealed) return none({ kind: 'retry', code: 'NOT_CONNECTED' })
    if (sealed.state === 'reconnect') return none({ kind: 'retry', code: 'RECONNECT_NEEDED', ...(sealed.problem ? { detail: sealed.problem } : {}) })
    const grant = tryOpen(sealed)
    if (grant instanceof Error) return none({ kind: 'retry', code: 'GRANT_UNREADABLE', detail: grant.message })
    if (grant.accessToken !== rejected && now().getTime() < serveUntil(sealed)) return { kind: 'token', accessToken: grant.accessToken }
    return singleFlight(account, () => renew(sealed, grant))
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

  async function renew(sealed: SealedGrant, grant: Grant): Promise<AccessToken> {
    const answer = await refresh(grant.refreshToken)
    if (answer.kind === 'granted') return keep(sealed, answer.tokens)
    if (answer.kind === 'refused') return park(sealed, answer.reason)
    failedAt.set(sealed.account, now().getTime())
    const isStillGood = now().getTime() < sealed.expiresAt
    if (isStillGood) return { kind: 'token', accessToken: grant.accessToken }
    return none({ kind: 'retry', code: 'GRANT_REFRESH_FAILED', detail: answer.reason })
  }

  /** Saved before used: a crash in between must not lose a refresh token that HubSpot may have replaced. */
  async function keep({ account, version }: SealedGrant, tokens: Grant): Promise<AccessToken> {
    const isSaved = await store.saveGrant(seal(account, version + 1, tokens))
    if (isSaved) return { kind: 'token', accessToken: tokens.accessToken }
    return readAgain(account)
  }

  /** HubSpot says the refresh token is worthless. If somebody else renewed it meanwhile, theirs is not. */
  async function park(sealed: SealedGrant, reason: string): Promise<AccessToken> {
    const current = await store.readGrant(sealed.account)
    if (current && current.version !== sealed.version) return readAgain(sealed.account)
    const isSaved = await store.saveGrant({ ...reseal(sealed), version: sealed.version + 1, state: 'reconnect', problem: reason })
    return isSaved ? none({ kind: 'retry', code: 'RECONNECT_NEEDED', detail: reason }) : readAgain(sealed.account)
  }

  async function readAgain(account: number): Promise<AccessToken> {
    const sealed = await store.readGrant(account)
    if (sealed?.state !== 'connected') return none({ kind: 'retry', code: 'RECONNECT_NEEDED' })
    return { kind: 'token', accessToken: open(sealed).accessToken }
  }

  /** Keeps the tokens of a finished installation, whatever was there before. */
  async function saveInstall(account: number, tokens: Grant): Promise<void> {
    for (;;) {
      const version = (await store.readGrant(account))?.version ?? 0
      if (await store.saveGrant(seal(account, version + 1, tokens), { endsPause: true })) return
    }
  }

  function seal(account: number, version: number, { accessToken, refreshToken, expiresIn }: Grant): SealedGrant {
    const grantedAt = now().getTime()
    const lifeShare = REFRESH_AT_LIFE_SHARE + REFRESH_JITTER_LIFE_SHARE * random()
    return {
      account,
      version,
      state: 'connected',
      sealed: sealer.seal(JSON.stringify({ accessToken, refreshToken, expiresIn }), contextOf(account, version)),
      refreshAt: grantedAt + Math.floor(expiresIn * SECONDS * lifeShare),
      expiresAt: grantedAt + expiresIn * SECONDS,
    }
  }

  function reseal(sealed: SealedGrant): SealedGrant {
    return { ...sealed, sealed: sealer.seal(JSON.stringify(open(sealed)), contextOf(sealed.account, sealed.version + 1)) }
  }

  function tryOpen(sealed: SealedGrant): Grant | Error {
    try {
      return open(sealed)
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  }

  function open({ account, version, sealed }: SealedGrant): Grant {
    // Sealed by `seal` above, and authenticated: it is what was put in.
    return JSON.parse(sealer.open(sealed, contextOf(account, version))) as Grant
  }

  return { accessToken, saveInstall }
}

/** Binds the sealed text to its row: copied to another account or an older version, it does not open. */
function contextOf(account: number, version: number): string {
  return `grants|${account}|${version}`
}

function none(outcome: Outcome): AccessToken {
  return { kind: 'none', outcome }
}
