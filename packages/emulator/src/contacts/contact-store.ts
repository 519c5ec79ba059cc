import { DEFAULT_PORTAL_ID } from '../developer-app.ts'
import { conflict } from '../http/hubspot-error.ts'

export type Contact = {
  id: string
  portalId: number
  /** Lower case: HubSpot does not tell Ada@ from ada@. */
  email: string
  /** Every value is text, as in HubSpot; dates are milliseconds since 1970. */
  properties: Map<string, string>
  /** Names of the properties that events have set. */
  stamped: Set<string>
  createdAt: Date
}

type Watcher = (contact: Contact) => void

const FIRST_ID = 501

/** Holds contacts, one per email address and account, and which visitor (`utk`) is which contact. */
export function createContacts(now: () => Date) {
  const byId = new Map<string, Contact>()
  const byEmail = new Map<string, Contact>()
  const byVisitor = new Map<string, Contact>()
  const watchers = new Set<Watcher>()
  let nextId = FIRST_ID

  function findOrCreate(portalId: number, email: string): Contact {
    return byEmail.get(emailKey(portalId, email)) ?? create(portalId, email.toLowerCase())
  }

  function create(portalId: number, email: string): Contact {
    const id = String(nextId)
    nextId += 1
    const createdAt = now()
    const properties = new Map([
      ['email', email],
      ['createdate', String(createdAt.getTime())],
      ['hs_object_id', id],
    ])
    const contact = { id, portalId, email, properties, stamped: new Set<string>(), createdAt }
    byId.set(id, contact)
    byEmail.set(emailKey(portalId, email), contact)
    touch(contact)
    return contact
  }

  /** 409 when the address is another contact's. */
  function refuseTaken(contact: Contact, email: string): void {
    const owner = byEmail.get(emailKey(contact.portalId, email))
    if (owner && owner !== contact) throw conflict(`Contact already exists. Existing ID: ${owner.id}`)
  }

  /** Gives a contact another address; 409 when that address is another contact's. */
  function changeEmail(contact: Contact, email: string): void {
    refuseTaken(contact, email)
    if (contact.email === email.toLowerCase()) return
    byEmail.delete(emailKey(contact.portalId, contact.email))
    contact.email = email.toLowerCase()
    contact.properties.set('email', contact.email)
    byEmail.set(emailKey(contact.portalId, email), contact)
    touch(contact)
  }

  /** Remembers that a visitor is this contact; false when it was known or belongs to another contact. */
  function tieVisitor(contact: Contact, utk: string): boolean {
    const key = `${contact.portalId}/${utk}`
    if (byVisitor.has(key)) return false
    byVisitor.set(key, contact)
    return true
  }

  function touch(contact: Contact): void {
    contact.properties.set('lastmodifieddate', String(now().getTime()))
  }

  /** Tells those who watch that a contact was written other than by an event, which they hear of anyway. */
  function announce(contact: Contact): void {
    for (const watcher of watchers) watcher(contact)
  }

  /** Calls back after every announcement until the returned function is called. */
  function watch(watcher: Watcher): () => void {
    watchers.add(watcher)
    return () => void watchers.delete(watcher)
  }

  function findByEmail(portalId: number, email: string): Contact | undefined {
    return byEmail.get(emailKey(portalId, email))
  }

  /** Without an account: the default account's contact, else the first account's that has the address. */
  function search(email: string, portalId: number | undefined): Contact | undefined {
    if (portalId !== undefined) return findByEmail(portalId, email)
    const wanted = email.toLowerCase()
    return findByEmail(DEFAULT_PORTAL_ID, email) ?? [...byId.values()].find((contact) => contact.email === wanted)
  }

  return {
    findOrCreate,
    changeEmail,
    refuseTaken,
    findByEmail,
    tieVisitor,
    touch,
    announce,
    watch,
    search,
    findById: (portalId: number, id: string) => (byId.get(id)?.portalId === portalId ? byId.get(id) : undefined),
    findByVisitor: (portalId: number, utk: string) => byVisitor.get(`${portalId}/${utk}`),
    all: () => [...byId.values()],
  }
}

function emailKey(portalId: number, email: string): string {
  return `${portalId}/${email.toLowerCase()}`
}
