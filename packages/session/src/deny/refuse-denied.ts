import { SessionError } from '../session-error.ts'
import type { Session } from '../verify-session.ts'

export type IsDenied = (session: Session) => boolean | Promise<boolean>

/**
 * Refuses a session that is on the deny list. `verifySession` asks this itself; a server that keeps verified sessions asks
 * it again for each request, so that a block acts at once. What `isDenied` throws is passed on: a list that cannot be read
 * lets nobody in.
 * @throws SessionError `denied`
 */
export async function refuseDenied(session: Session, isDenied: IsDenied | undefined): Promise<void> {
  if (isDenied !== undefined && (await isDenied(session)) !== false) throw new SessionError('denied')
}
