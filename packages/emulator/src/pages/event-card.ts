import { DEVELOPER_APP } from '../developer-app.ts'
import type { EventApi } from '../events/event-api.ts'
import type { EventName, StoredEvent } from '../events/event-store.ts'
import { findType } from '../events/find-type.ts'
import { html } from '../markup/html.ts'
import type { Html } from '../markup/html.ts'
import { readMoment } from '../moments/read-moment.ts'
import { renderDetail, renderHeader } from '../rendering/render-event.ts'
import type { Template, TemplateToken } from '../timeline/template-store.ts'
import type { World } from '../world.ts'
import { moment } from './moment.ts'

// Custom events belong to the account; all others come from the app.
const SOURCES: Readonly<Record<EventApi, string>> = {
  'timeline-v1': DEVELOPER_APP.name,
  'timeline-v3': DEVELOPER_APP.name,
  'app-events': DEVELOPER_APP.name,
  'custom-events': 'Custom event',
}

/** Tells one card from every other on a page: an event id is unique per API and type only. */
export function cardKey({ api, typeId, id }: EventName): string {
  return api === 'timeline-v3' ? `${typeId}/${id}` : `${api}/${typeId}/${id}`
}

/** One event as a card of the timeline, by whatever API it came; undefined when its type is gone. */
export function eventCard(world: World, event: StoredEvent): Html | undefined {
  const template = findType(world, event)
  if (template === undefined) return undefined
  return html`<li class="event" data-key="${cardKey(event)}" data-event-id="${event.id}"
 data-event-template="${template.name}" data-event-template-id="${template.id}" data-event-api="${event.api}">
<span class="event-icon" aria-hidden="true"></span>
<article class="card event-card">
<div class="event-top">
<span class="event-app">${SOURCES[event.api]}</span>
${kindOf(event, template)}
${moment(event.timestamp, 'event-time')}
</div>
<div class="event-header">${renderHeader(template, event).markup}</div>
${details(template, event)}
</article>
</li>`
}

// A custom event has no header of its own: its name stands there, and need not stand twice.
function kindOf({ api }: StoredEvent, { name }: Template): Html | undefined {
  return api === 'custom-events' ? undefined : html`<span class="event-name">${name}</span>`
}

function details(template: Template, event: StoredEvent): Html | undefined {
  const detail = renderDetail(template, event)
  const rows = template.tokens.filter((token) => (event.tokens[token.name] ?? '') !== '')
  if (detail.html === '' && rows.length === 0 && event.timelineIFrame === undefined) return undefined
  return html`<details class="event-more">
<summary>Details</summary>
<div class="event-detail">${detail.markup}</div>
${tokenList(rows, event)}
${frameLink(event)}
</details>`
}

function tokenList(tokens: readonly TemplateToken[], event: StoredEvent): Html | undefined {
  if (tokens.length === 0) return undefined
  const rows = tokens.map(
    (token) => html`<div data-token="${token.name}"><dt>${token.label}</dt><dd>${tokenValue(token, event)}</dd></div>`,
  )
  return html`<dl class="event-tokens">${rows}</dl>`
}

function tokenValue({ name, type, options }: TemplateToken, { tokens }: StoredEvent): Html {
  const value = tokens[name] ?? ''
  const at = type === 'date' ? readMoment(value) : undefined
  if (at) return moment(at, 'token-time')
  return html`${options.find((option) => option.value === value)?.label ?? value}`
}

// Named and not followed: HubSpot would open it in a frame, and this page loads nothing from elsewhere.
function frameLink({ timelineIFrame }: StoredEvent): Html | undefined {
  if (timelineIFrame === undefined) return undefined
  return html`<p class="muted">“${timelineIFrame.linkLabel}” opens <code>${timelineIFrame.url}</code>
in a frame of ${timelineIFrame.width} × ${timelineIFrame.height} pixels.</p>`
}
