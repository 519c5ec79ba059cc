import { defineEvents, oneOf, text } from '@trackline/shared'

export const events = defineEvents({
  login: { properties: { method: oneOf(['password', 'sso']) } },
  page_view: { properties: { url: text(), title: text(), referrer: text({ optional: true }) } },
})
export type Events = typeof events
