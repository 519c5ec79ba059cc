import type { Site } from '../../config.ts'
import { wrong } from './finding.ts'
import type { Finding } from './finding.ts'

/** Whether anything can tell whose email it is, where that is known beforehand: Auth0 drops a claim that is called "email". */
export function judgeEmail({ name, session, email, serverKeys }: Site): Finding[] {
  const isOther = (path: readonly string[]) => path.join() !== 'email'
  const isTold = email ? email.some((source) => source.kind !== 'claim' || isOther(source.path)) : session.some(({ emailPath }) => isOther(emailPath))
  // A server may tell a person's email once.
  if (isTold || serverKeys.length > 0 || session.some((preset) => preset.name !== 'auth0')) return []
  return [wrong("no event will have an email: auth0's access tokens carry none", `have an Action add a claim, and name it: sites.${name}.session: auth0({ email: ['https://example.com/email'] }); see docs/providers/auth0.md`)]
}
