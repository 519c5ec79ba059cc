import { date, defineEvents, oneOf, previous } from '@trackline/shared'

export const events = defineEvents({
  login: { properties: { method: oneOf(['password', 'sso']), lastLogin: date({ derive: previous('login') }) } },
  logout: {},
})
export type Events = typeof events
