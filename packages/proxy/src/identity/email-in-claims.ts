import { readEmail } from '@trackline/session'
import type { Session, SessionPreset } from '@trackline/session'
import type { ClaimSource } from './email-source.ts'
import type { EmailRules } from './email-resolver.ts'

interface SiteClaims extends EmailRules {
  session: readonly Pick<SessionPreset, 'emailPath' | 'issuers' | 'readEmail'>[]
}

/**
 * The email that a verified token tells, by the site's rules: of the first configured claim that has one; without configured sources,
 * where the session's preset finds it.
 */
export function emailInClaims(site: SiteClaims, { claims, issuer }: Pick<Session, 'claims' | 'issuer'>): string | undefined {
  const presets = site.session.filter(({ issuers }) => issuers.length === 0 || issuers.some((each) => each === issuer))

  /** A preset knows more of its own claim than its name: where the issuer says whether it is verified. */
  function emailAt({ path }: Pick<ClaimSource, 'path'>): string | undefined {
    const preset = presets.find(({ emailPath }) => JSON.stringify(emailPath) === JSON.stringify(path))
    return preset ? preset.readEmail(claims, site).email : readEmail(claims, path, undefined, site).email
  }

  if (!site.email) return presets.map((preset) => preset.readEmail(claims, site).email).find(Boolean)
  return site.email.map((source) => (source.kind === 'claim' ? emailAt(source) : undefined)).find(Boolean)
}
