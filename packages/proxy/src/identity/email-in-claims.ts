import { readEmail } from '@trackline/session'
import type { Session, SessionPreset } from '@trackline/session'
import type { ClaimSource } from './email-source.ts'
import type { EmailRules } from './email-resolver.ts'

/**
 * The email that a verified token tells, by the site's rules: of the first configured claim that has one; without configured sources,
 * where the preset that verified it finds it. Another preset of the site does not know what these claims mean.
 */
export function emailInClaims(site: EmailRules, { claims }: Pick<Session, 'claims'>, preset: Pick<SessionPreset, 'emailPath' | 'readEmail'>): string | undefined {
  /** A preset knows more of its own claim than its name: where the issuer says whether it is verified. */
  function emailAt({ path }: Pick<ClaimSource, 'path'>): string | undefined {
    const isItsOwn = JSON.stringify(preset.emailPath) === JSON.stringify(path)
    return (isItsOwn ? preset.readEmail(claims, site) : readEmail(claims, path, undefined, site)).email
  }

  if (!site.email) return preset.readEmail(claims, site).email
  return site.email.map((source) => (source.kind === 'claim' ? emailAt(source) : undefined)).find(Boolean)
}
