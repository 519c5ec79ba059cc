import type { DatabaseSync } from 'node:sqlite'
import type { PersonOfSite, Remembered } from '../../outbox/store.ts'
import { ANY_ACCOUNT, readRemembered } from '../read-remembered.ts'
import { overwriting } from './overwriting.ts'

/** What is remembered of one person besides events. */
export function privacyOperations(database: DatabaseSync) {
  const subjects = database.prepare(`select distinct subject from identities where ${ANY_ACCOUNT} and site = ? and (email = ? or lower(email) = ?)`)
  const identities = database.prepare(`select account, email, said_at from identities where ${ANY_ACCOUNT} and site = ? and subject = ?`)
  const moments = database.prepare(`
    select account, event, key, first_at, last_at, count from moments where ${ANY_ACCOUNT} and site = ? and subject = ?
    order by account, event, key`)
  const forgetIdentities = database.prepare(`delete from identities where ${ANY_ACCOUNT} and site = ? and subject = ?`)
  const forgetMoments = database.prepare(`delete from moments where ${ANY_ACCOUNT} and site = ? and subject = ?`)
  const forgetWrites = database.prepare('delete from contact_writes where account = ? and contact = ?')

  return {
    findSubjects({ site, email }: { site: string; email: string }): string[] {
      return subjects.all(site, email, email.toLowerCase()).map(({ subject }) => String(subject))
    },

    readRemembered({ site, subject }: PersonOfSite): Remembered {
      return readRemembered(identities.all(site, subject), moments.all(site, subject))
    },

    forgetPerson({ site, subject }: PersonOfSite): void {
      overwriting(database, () => {
        forgetIdentities.run(site, subject)
        forgetMoments.run(site, subject)
      })
    },

    forgetContactWrites({ account, contacts }: { account: number; contacts: string[] }): void {
      overwriting(database, () => contacts.forEach((contact) => forgetWrites.run(account, contact)))
    },
  }
}
