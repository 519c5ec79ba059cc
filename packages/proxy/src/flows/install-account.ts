import { createHash } from 'node:crypto'
import { TrackError } from '../errors.ts'
import type { Store, Ticket } from '../outbox/store.ts'
import type { Grant } from '../vault/sealed-grant.ts'

/** How long a link to start an installation, and an installation once started, stay good. */
export const INSTALL_LIFE_MS = 10 * 60_000

export interface InstallParts {
  store: Pick<Store, 'addTicket' | 'takeTicket' | 'readConnection' | 'saveConnection'>
  now: () => Date
  /** 256 random bits, base64url. */
  newSecret: () => string
  sealer: { seal(plain: string, context: string): string; open(sealed: string, context: string): string }
  /** @throws TypeError when there is no such site */
  accountOf: (site: string) => Promise<number>
  authorizeUrl: (request: { site: string; account: number; state: string; codeChallenge: string }) => Promise<string>
  exchangeCode: (proof: { code: string; codeVerifier: string }) => Promise<ExchangeAnswer>
  /** The account's time zone; undefined when HubSpot does not tell. Never rejects. */
  readTimeZone: (accessToken: string) => Promise<string | undefined>
  saveInstall: (account: number, tokens: Grant) => Promise<void>
  /** Tells delivery that the account has something due. */
  wake: (account: number) => void
}

type ExchangeAnswer =
  | { kind: 'granted'; tokens: Grant & { hubId?: number } }
  | { kind: 'refused' | 'unavailable'; reason: string }

/**
 * Makes the secret of a one-time link that starts an installation: whoever opens it first may connect this site's HubSpot account.
 *
 * @param options.replace  the site may have been connected to another account before; what was accepted for that one still goes there
 * @throws Error naming both accounts when it was, and `replace` is not said
 */
export async function createInstallLink(parts: InstallParts, site: string, { replace = false } = {}): Promise<string> {
  const account = await parts.accountOf(site)
  const before = await parts.store.readConnection(site)
  if (before !== undefined && before !== account && !replace) {
    throw new Error(
      `the site '${site}' is connected to the HubSpot account ${before}, and its "portal" is ${account} now: ` +
        'mend the configuration, or add --replace when the account is meant to change',
    )
  }
  const secret = parts.newSecret()
  await addTicket(parts, { kind: 'install-link', secret, site })
  return secret
}

/** @throws TrackError `INSTALL_INVALID` where this service does not know the site that the link was made for */
async function accountOf(parts: InstallParts, site: string): Promise<number> {
  try {
    return await parts.accountOf(site)
  } catch (cause) {
    if (cause instanceof TrackError) throw cause
    throw new TrackError('INSTALL_INVALID', `the link is for the site '${site}', which this service does not know: it runs with another configuration than the one that made the link`, { cause })
  }
}

/** Where to send the browser that opened a link, and the cookie by which it is known again when it comes back. */
export interface BegunInstall {
  consentUrl: string
  state: string
  browserSecret: string
}

/** Uses the link up; the browser that did so is the one that may come back with the state. @throws TrackError `INSTALL_INVALID` */
export async function beginInstall(parts: InstallParts, linkSecret: string): Promise<BegunInstall> {
  const link = await takeTicket(parts, 'install-link', linkSecret)
  const { site } = link
  const account = await accountOf(parts, site).catch(async (error: unknown) => {
    // Nothing has begun: once the service knows the site, the link is as good as before.
    await parts.store.addTicket(link)
    throw error
  })
  const [state, codeVerifier, browserSecret] = [parts.newSecret(), parts.newSecret(), parts.newSecret()]
  const sealed = parts.sealer.seal(JSON.stringify({ codeVerifier, browser: digestOf(browserSecret) }), contextOf(state))
  await addTicket(parts, { kind: 'install-state', secret: state, site, sealed })
  const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url')
  const consentUrl = await parts.authorizeUrl({ site, account, state, codeChallenge })
  return { consentUrl, state, browserSecret }
}

/** What HubSpot sends the browser back with, and what the browser kept. */
export interface InstallAnswer {
  state: string
  code?: string
  error?: string
  browserSecret?: string
}

/**
 * Finishes an installation: the state is used up and the browser known again, the code traded, the account compared with the one that
 * the site names, the grant sealed and kept.
 *
 * @throws TrackError `INSTALL_INVALID` for a state that is unknown, used, old, or another browser's; `INSTALL_REFUSED` when HubSpot says
 *   no, or another account was chosen
 */
export async function completeInstall(parts: InstallParts, answer: InstallAnswer): Promise<{ site: string; account: number }> {
  const { site, sealed } = await takeTicket(parts, 'install-state', answer.state)
  const { codeVerifier, browser } = openState(parts, answer.state, sealed)
  // Else somebody could make an administrator's browser finish what somebody else has begun. RFC 6749 section 10.12.
  if (answer.browserSecret === undefined || digestOf(answer.browserSecret) !== browser) {
    throw new TrackError('INSTALL_INVALID', 'another browser has opened the link than the one that came back from HubSpot')
  }
  if (answer.code === undefined) throw new TrackError('INSTALL_REFUSED', `HubSpot answered '${safe(answer.error)}'`)
  const exchanged = await parts.exchangeCode({ code: answer.code, codeVerifier })
  if (exchanged.kind !== 'granted') throw new TrackError('INSTALL_REFUSED', `HubSpot would not trade the code: ${exchanged.reason}`)
  const account = await accountOf(parts, site)
  const { hubId, ...tokens } = exchanged.tokens
  if (hubId !== account) {
    throw new TrackError('INSTALL_REFUSED', `the HubSpot account ${hubId ?? 'unknown'} was connected, but the site '${site}' belongs to ${account}`)
  }
  const timeZone = await parts.readTimeZone(tokens.accessToken)
  await parts.saveInstall(account, { ...tokens, ...(timeZone === undefined ? {} : { timeZone }) })
  await parts.store.saveConnection({ site, account })
  parts.wake(account)
  return { site, account }
}

function openState({ sealer }: InstallParts, state: string, sealed = ''): { codeVerifier: string; browser: string } {
  try {
    // Sealed by `beginInstall`, and authenticated: it is what was put in.
    return JSON.parse(sealer.open(sealed, contextOf(state))) as { codeVerifier: string; browser: string }
  } catch (cause) {
    throw new TrackError('INSTALL_INVALID', 'the state was sealed with a key that is not configured any more', { cause })
  }
}

async function addTicket(parts: InstallParts, { secret, ...ticket }: { kind: Ticket['kind']; secret: string; site: string; sealed?: string }): Promise<void> {
  await parts.store.addTicket({ ...ticket, digest: digestOf(secret), expiresAt: parts.now().getTime() + INSTALL_LIFE_MS })
}

async function takeTicket(parts: InstallParts, kind: Ticket['kind'], secret: string): Promise<Ticket> {
  const ticket = await parts.store.takeTicket({ kind, digest: digestOf(secret), now: parts.now().getTime() })
  const what = kind === 'install-link' ? 'the link' : 'the state'
  if (!ticket) throw new TrackError('INSTALL_INVALID', `${what} is unknown, was used before, or is older than 10 minutes`)
  return ticket
}

/** The store keeps digests, so that a copy of it starts nothing. */
function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

function contextOf(state: string): string {
  return `tickets|install-state|${digestOf(state)}`
}

/** What came in the address is shown without anything that could act. */
function safe(error: string | undefined): string {
  return (error ?? 'nothing').replace(/[^\w .-]/g, '').slice(0, 60)
}
