import type { Contact } from '../contacts/contact-store.ts'
import type { StoredEvent } from '../events/event-store.ts'
import { html } from '../markup/html.ts'
import type { Html } from '../markup/html.ts'
import { formatMonth } from '../moments/format-moment.ts'
import type { World } from '../world.ts'
import { contactPanel, unknownContactPanel } from './contact-panel.ts'
import { eventCard } from './event-card.ts'
import { topBar } from './page.ts'
import type { Page } from './page.ts'

// A browser shows a page of this many cards at once; a load test writes far more.
const SHOWN_EVENTS = 500

/** A contact as somebody in sales would see it: properties on the left, the activity timeline beside them. */
export function contactPage(world: World, { email, portalId, contact }: ContactView): Page {
  const events = contact ? world.events.ofContact(contact.portalId, contact.id) : []
  return {
    title: contact?.email ?? email,
    script: 'contact.js',
    body: html`${topBar(html`<nav class="trail"><a href="/">Contacts</a><span>${contact?.email ?? email}</span></nav>`)}
<main class="contact" data-stream="${streamPath(world, email, portalId)}">
<aside id="panel">${contact ? contactPanel(world, contact) : unknownContactPanel(email)}</aside>
<section class="activity" aria-label="Activity">
<div class="activity-top"><h2>Activity</h2><span class="live" id="live" role="status">connecting</span></div>
${emptyState(events.length > 0)}
<ol id="timeline">${timeline(world, events.slice(0, SHOWN_EVENTS))}</ol>
${olderNote(events.length - SHOWN_EVENTS)}
</section>
</main>`,
  }
}

export type ContactView = { email: string; portalId: number | undefined; contact: Contact | undefined }

// The latest change is named so that nothing is lost between this page and its stream.
function streamPath(world: World, email: string, portalId: number | undefined): string {
  const portal = portalId === undefined ? '' : `&portal=${portalId}`
  return `/contacts/${encodeURIComponent(email)}/stream?after=${world.events.latestChange()}${portal}`
}

function emptyState(isHidden: boolean): Html {
  const content = html`<h3>No activity yet</h3>
<p>Logins, orders and whatever else the app sends to the timeline will appear here, newest first, the moment they arrive.
You need not reload. What it sends as contact properties appears among the properties of the contact.</p>`
  return isHidden
    ? html`<div class="card empty" id="empty" hidden>${content}</div>`
    : html`<div class="card empty" id="empty">${content}</div>`
}

function olderNote(older: number): Html | undefined {
  return older > 0 ? html`<p class="muted">${older} older events are not shown; /_emulator/events lists them all.</p>` : undefined
}

// Months are in UTC here; the page's script puts them into the reader's time zone.
function timeline(world: World, events: readonly StoredEvent[]): Html[] {
  let month = ''
  return events.flatMap((event) => {
    const card = eventCard(world, event)
    if (card === undefined) return []
    const isNewMonth = formatMonth(event.timestamp) !== month
    month = formatMonth(event.timestamp)
    return isNewMonth ? [html`<li class="month"><h3>${month}</h3></li>`, card] : [card]
  })
}
