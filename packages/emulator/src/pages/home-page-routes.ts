import type { FastifyInstance } from 'fastify'
import type { Contact } from '../contacts/contact-store.ts'
import { accountName, DEVELOPER_APP } from '../developer-app.ts'
import { html } from '../markup/html.ts'
import type { Html } from '../markup/html.ts'
import type { World } from '../world.ts'
import { moment } from './moment.ts'
import { sendPage, topBar } from './page.ts'
import type { Page } from './page.ts'

// The page names the latest ones; /_emulator/contacts lists them all.
const SHOWN_CONTACTS = 200

/** The front page: contacts, and the accounts that have installed the app. */
export function homePageRoutes(app: FastifyInstance, world: World): void {
  app.get('/', async (_request, reply) => sendPage(reply, homePage(world)))
}

function homePage(world: World): Page {
  return {
    title: 'Contacts',
    script: 'contact.js',
    body: html`${topBar()}
<main class="home">
<section class="card"><h1>Contacts</h1>${contactTable(world)}</section>
<section class="card"><h2>Connected accounts</h2>${installTable(world)}</section>
</main>`,
  }
}

function contactTable(world: World): Html {
  const contacts = world.contacts.all().toReversed().slice(0, SHOWN_CONTACTS)
  if (contacts.length === 0) {
    return html`<p class="muted">No contacts yet. The first event with an email address creates one, and it appears here.</p>`
  }
  return html`<table>
<thead><tr><th>Contact</th><th>Account</th><th>Events</th><th>Last event</th></tr></thead>
<tbody>${contacts.map((contact) => contactRow(world, contact))}</tbody>
</table>`
}

function contactRow(world: World, { email, portalId, id }: Contact): Html {
  const events = world.events.ofContact(portalId, id)
  const [latest] = events
  return html`<tr>
<td><a href="/contacts/${encodeURIComponent(email)}?portal=${portalId}">${email}</a></td>
<td data-label="Account">${accountName(portalId)}</td>
<td data-label="Events" class="number">${events.length}</td>
<td data-label="Last event">${latest ? moment(latest.timestamp, 'table-time') : html`<span class="muted">none</span>`}</td>
</tr>`
}

function installTable(world: World): Html {
  const portalIds = [...new Set(world.grants.live().map((grant) => grant.portalId))]
  if (portalIds.length === 0) return html`<p class="muted">No account has connected ${DEVELOPER_APP.name} yet.</p>`
  const rows = portalIds.map(
    (portalId) => html`<tr>
<td>${accountName(portalId)}</td><td data-label="Account id" class="number">${portalId}</td>
<td data-label="Scopes" class="scopes">${scopesOf(world, portalId)}</td></tr>`,
  )
  return html`<table><thead><tr><th>Account</th><th>Id</th><th>Scopes</th></tr></thead><tbody>${rows}</tbody></table>`
}

function scopesOf(world: World, portalId: number): string {
  const granted = world.grants
    .live()
    .filter((grant) => grant.portalId === portalId)
    .flatMap((grant) => grant.scopes)
  return [...new Set(granted)].join(' ')
}
