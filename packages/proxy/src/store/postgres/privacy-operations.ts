import type { Store } from '../../outbox/store.ts'
import { ANY_ACCOUNT, readRemembered } from '../read-remembered.ts'
import type { Database } from './database.ts'
import { storableText } from './transaction.ts'

const FIND_SUBJECTS = `select distinct subject from identities where ${ANY_ACCOUNT} and site = $1 and (email = $2 or lower(email) = $3)`
const IDENTITIES = `select account, email, said_at from identities where ${ANY_ACCOUNT} and site = $1 and subject = $2`
const MOMENTS = `
  select account, event, key, first_at, last_at, count from moments where ${ANY_ACCOUNT} and site = $1 and subject = $2
  order by account, event, key`
const FORGET_IDENTITIES = `delete from identities where ${ANY_ACCOUNT} and site = $1 and subject = $2`
const FORGET_MOMENTS = `delete from moments where ${ANY_ACCOUNT} and site = $1 and subject = $2`
const FORGET_WRITES = 'delete from contact_writes where account = $1 and contact = any($2::text[])'

/** Nobody waits for whoever looks for a person: it locks nothing. */
const SEARCH_WITHIN_MS = 600_000

type PrivacyMethods = Pick<Store, 'findSubjects' | 'readRemembered' | 'forgetPerson' | 'forgetContactWrites'>

/** What is remembered of one person besides events. */
export function privacyOperations(database: Database): PrivacyMethods {
  return {
    async findSubjects({ site, email }): Promise<string[]> {
      const address = storableText(email)
      const search = { text: FIND_SUBJECTS, values: [site, address, address.toLowerCase()], answerWithinMs: SEARCH_WITHIN_MS }
      const [, found] = await database.run({ text: `set local statement_timeout = ${SEARCH_WITHIN_MS}` }, search)
      return (found?.rows ?? []).map(({ subject }) => String(subject))
    },

    async readRemembered({ site, subject }) {
      const values = [site, storableText(subject)]
      const [identities, moments] = await database.run({ text: IDENTITIES, values }, { text: MOMENTS, values })
      return readRemembered(identities?.rows ?? [], moments?.rows ?? [])
    },

    async forgetPerson({ site, subject }): Promise<void> {
      const values = [site, storableText(subject)]
      await database.run({ text: FORGET_IDENTITIES, values }, { text: FORGET_MOMENTS, values })
    },

    async forgetContactWrites({ account, contacts }): Promise<void> {
      await database.run({ text: FORGET_WRITES, values: [account, contacts] })
    },
  }
}
