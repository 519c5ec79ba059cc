import type { Contact } from '../contacts/contact-store.ts'
import type { Property } from '../contacts/property-store.ts'
import { accountName } from '../developer-app.ts'
import { html } from '../markup/html.ts'
import type { Html } from '../markup/html.ts'
import { readMoment } from '../moments/read-moment.ts'
import type { World } from '../world.ts'
import { moment } from './moment.ts'

const DATE_TYPES = ['date', 'datetime']

/** The left column: who the contact is, and what the account knows about it. */
export function contactPanel(world: World, contact: Contact): Html {
  const name = fullName(contact)
  return html`<section class="card identity">
<span class="avatar" aria-hidden="true">${initials(name ?? contact.email)}</span>
<h1>${name ?? breakableEmail(contact.email)}</h1>
${name === undefined ? undefined : html`<p class="muted identity-email">${contact.email}</p>`}
<p class="muted">${accountName(contact.portalId)} · ${contact.portalId}</p>
</section>
<section class="card about">
<h2>About this contact</h2>
<dl>${shownProperties(world, contact).map((property) => propertyRow(contact, property))}</dl>
</section>`
}

/** The left column before the first event has created the contact. */
export function unknownContactPanel(email: string): Html {
  return html`<section class="card identity">
<span class="avatar avatar-empty" aria-hidden="true">${initials(email)}</span>
<h1>${breakableEmail(email)}</h1>
<p class="muted">Not a contact yet. The first event for this address creates it.</p>
</section>`
}

// Stamped ones first, then the account's own, then what every contact has.
function shownProperties(world: World, contact: Contact): Property[] {
  const rank = ({ name, hubspotDefined }: Property) => (contact.stamped.has(name) ? 0 : hubspotDefined ? 2 : 1)
  return world.properties
    .all(contact.portalId)
    .filter(({ name, hubspotDefined }) => !hubspotDefined || contact.properties.has(name))
    .sort((a, b) => rank(a) - rank(b))
}

function propertyRow(contact: Contact, property: Property): Html {
  const isStamped = contact.stamped.has(property.name)
  return html`<div class="property${isStamped ? ' is-stamped' : ''}" data-property="${property.name}">
<dt>${property.label}${isStamped ? html`<span class="stamp" title="Set by a timeline event">from events</span>` : undefined}</dt>
<dd>${propertyValue(property, contact.properties.get(property.name))}</dd>
</div>`
}

function propertyValue({ type }: Property, value: string | undefined): Html {
  if (value === undefined) return html`<span class="muted">no value</span>`
  const at = DATE_TYPES.includes(type) ? readMoment(value) : undefined
  return at ? moment(at, 'property-time') : html`${value}`
}

function fullName({ properties }: Contact): string | undefined {
  const name = [properties.get('firstname'), properties.get('lastname')].filter(Boolean).join(' ')
  return name === '' ? undefined : name
}

// A long address breaks behind its @ and not inside a word.
function breakableEmail(email: string): Html {
  const at = email.lastIndexOf('@') + 1
  return html`${email.slice(0, at)}<wbr>${email.slice(at)}`
}

// Up to two letters: of first and last name, or of the parts in front of an address's @.
function initials(name: string): string {
  const words =
    name
      .split('@')[0]
      ?.split(/[\s._+-]+/)
      .filter(Boolean) ?? []
  const letters =
    words.length > 1 ? [words[0], words.at(-1)].map((word) => [...(word ?? '')][0]) : [...(words[0] ?? '?')].slice(0, 2)
  return letters.join('').toUpperCase()
}
