import type { ServerResponse } from 'node:http'
import type { Contact } from '../contacts/contact-store.ts'
import type { EventChange, StoredEvent } from '../events/event-store.ts'
import type { World } from '../world.ts'
import { contactPanel } from './contact-panel.ts'
import { cardKey, eventCard } from './event-card.ts'

export type StreamOptions = {
  email: string
  portalId: number | undefined
  /** Number of the last change the reader has seen. */
  after: number
  out: ServerResponse
}

// A reader this far behind is cut off; it comes back and asks for what it has missed.
const MAX_BUFFERED_BYTES = 1024 * 1024
const RECONNECT_AFTER_MS = 1000

/**
 * Sends a contact's changes as server-sent events: `card` (a card to put in or replace, with the panel as it is now), `gone`
 * (an event that moved to another contact) and `panel` (properties that were written other than by an event). Begins with
 * what happened after `after`. Returns a function that ends it.
 */
export function openContactStream(world: World, { email, portalId, after, out }: StreamOptions): () => void {
  const currentContact = () => world.contacts.search(email, portalId)
  out.write(`retry: ${RECONNECT_AFTER_MS}\n\n`)
  for (const event of missed(world, currentContact(), after)) sendCard(event)
  const stopWatching = world.events.watch(({ event, leftObjectId }: EventChange) => {
    const contact = currentContact()
    if (contact === undefined) return
    if (isOn(contact, event.portalId, event.objectId)) sendCard(event)
    else if (leftObjectId === contact.id) send('gone', event, { key: cardKey(event) })
  })

  const stopWatchingContacts = world.contacts.watch((written) => {
    const contact = currentContact()
    if (contact && written.id === contact.id)
      write(`event: panel\ndata: ${JSON.stringify({ panel: contactPanel(world, contact).html })}`)
  })

  function sendCard(event: StoredEvent) {
    const contact = currentContact()
    const card = eventCard(world, event)
    if (contact && card) send('card', event, { key: cardKey(event), card: card.html, panel: contactPanel(world, contact).html })
  }

  function send(name: 'card' | 'gone', event: StoredEvent, message: Record<string, string>) {
    write(`id: ${event.change}\nevent: ${name}\ndata: ${JSON.stringify(message)}`)
  }

  function write(block: string) {
    if (out.writableLength > MAX_BUFFERED_BYTES) out.destroy()
    else out.write(`${block}\n\n`)
  }

  return () => {
    stopWatching()
    stopWatchingContacts()
    out.end()
  }
}

// A number from the future is of an emulator that has been restarted since: send all there is.
function missed(world: World, contact: Contact | undefined, after: number): StoredEvent[] {
  if (contact === undefined) return []
  const from = after <= world.events.latestChange() ? after : 0
  const events = world.events.ofContact(contact.portalId, contact.id)
  return events.filter((event) => event.change > from).sort((a, b) => a.change - b.change)
}

function isOn(contact: Contact, portalId: number, objectId: string | undefined): boolean {
  return contact.portalId === portalId && contact.id === objectId
}
