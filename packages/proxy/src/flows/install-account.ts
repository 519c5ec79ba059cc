import { createHash } from 'node:crypto'
import { TrackError } from '../errors.ts'
import type { Store, Ticket } from '../outbox/store.ts'
import type { Grant } from '../vault/vault.ts'

/** How long a link to start an installation, and an installation once started, stay good. */
export const INSTALL_LIFE_MS = 10 * 60_000

export interface InstallParts {
  store: Pick<Store, 'addTicket' | 'takeTicket'>
  now: () => Date
  /** 256 random bits, base64url. */
  newSecret: () => string
  sealer: { seal(plain: string, context: string): string; open(sealed: string, context: string): string }
  /** @throws TypeError when there is no such site */
  accountOf: (site: string) => Promise<number>
  authorizeUrl: (request: { site: string; account: number; state: string; codeChallenge: string }) => Promise<string>
  exchangeCode: (proof: { code: string; codeVerifier: string }) => Promise<ExchangeAnswer>
  saveInstall: (account: number, tokens: Grant) => Promise<void>
  wake: () => void
}

type ExchangeAnswer =
  | { kind: 'granted'; tokens: Grant & { hubId?: number } }
  | { kind: 'refused' | 'unavailable'; reason: string }

/** Makes the secret of a one-time link that starts an installation: whoever opens it may connect this site's HubSpot account. */
export async function createInstallLink(parts: InstallParts, site: string): Promise<string> {
  const secret = parts.newSecret()
  await addTicket(parts, { kind: 'install-link', secret, site })
  return secret
}

/** Uses the link up and says where to send the browser: HubSpot's consent page. @throws TrackError `INSTALL_INVALID` */
export async function beginInstall(parts: InstallParts, linkSecret: string): Promise<string> {
  const { site } = await takeTicket(parts, 'install-link', linkSecret)
  const state = parts.newSecret()
  const codeVerifier = parts.newSecret()
  await addTicket(parts, { kind: 'install-state', secret: state, site, sealed: parts.sealer.seal(codeVerifier, contextOf(state)) })
  const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url')
  return parts.authorizeUrl({ site, account: await parts.accountOf(site), state, codeChallenge })
}

/**
 * Finishes an installation: the state is used up, the code traded, the account compared with the one that the site names, the grant
 * sealed and kept.
 *
 * @throws TrackError `INSTALL_INVALID` for a state that is unknown, used or old; `INSTALL_REFUSED` when HubSpot says no, or another
 *   account was chosen
 */
export async function completeInstall(parts: InstallParts, answer: { state: string; code?: string; error?: string }): Promise<{ site: string; account: number }> {
  const { site, sealed } = await takeTicket(parts, 'install-state', answer.state)
  if (answer.code === undefined) throw new TrackError('INSTALL_REFUSED', `HubSpot answered '${safe(answer.error)}'`)
  const codeVerifier = parts.sealer.open(sealed ?? '', contextOf(answer.state))
  const exchanged = await parts.exchangeCode({ code: answer.code, codeVerifier })
  if (exchanged.kind !== 'granted') throw new TrackError('INSTALL_REFUSED', `HubSpot would not trade the code: ${exchanged.reason}`)
  const account = await parts.accountOf(site)
  const { hubId } = exchanged.tokens
  if (hubId !== account) {
    throw new TrackError('INSTALL_REFUSED', `the HubSpot account ${hubId ?? 'unknown'} was connected, but the site '${site}' belongs to ${account}`)
  }
  await parts.saveInstall(account, exchanged.tokens)
  parts.wake()
  return { site, account }
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
