import type { AccessToken } from '../../vault/vault.ts'

/** The vault reads the store to answer, which another process may have changed: an answer counts for this long. */
const REMEMBERED_MS = 1_000

type AskForToken = (account: number, rejected?: string) => Promise<AccessToken>

/** Asks once for batches that follow each other closely; again at once when HubSpot has refused the token, or there was none. */
export function rememberToken(ask: AskForToken, now: () => Date): AskForToken {
  let remembered: { token: Promise<AccessToken>; until: number } | undefined

  return (account, rejected) => {
    const at = now().getTime()
    const isGood = remembered && rejected === undefined && Math.abs(remembered.until - at) <= REMEMBERED_MS && at < remembered.until
    if (remembered && isGood) return remembered.token
    const asked = ask(account, rejected)
    const answer = { token: asked, until: at + REMEMBERED_MS }
    remembered = answer
    const forget = () => void (remembered = remembered === answer ? undefined : remembered)
    asked.then(({ kind }) => kind === 'none' && forget(), forget)
    return asked
  }
}
