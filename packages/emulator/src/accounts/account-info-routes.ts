import type { FastifyInstance } from 'fastify'
import { accountDomain } from '../developer-app.ts'
import type { Guard } from '../http/guard.ts'
import type { World } from '../world.ts'

const VERSIONS = ['2026-09', '2026-03', 'v3']
const MINUTE_MS = 60_000

/** Says what the account is like whose token asks. */
export function accountInfoRoutes(app: FastifyInstance, world: World, guard: Guard): void {
  for (const version of VERSIONS) {
    app.get(`/account-info/${version}/details`, { onRequest: guard.bearer(['oauth']) }, async (request) => {
      const portalId = guard.portalOf(request)
      const timeZone = world.accounts.timeZone(portalId)
      return {
        portalId,
        timeZone,
        accountType: 'DEVELOPER_TEST',
        companyCurrency: 'USD',
        additionalCurrencies: [],
        dataHostingLocation: 'na1',
        uiDomain: accountDomain(portalId),
        ...utcOffset(timeZone, world.now()),
      }
    })
  }
}

function utcOffset(timeZone: string, now: Date) {
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(now)
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign = '+', hours = '00', minutes = '00'] = /([+-])(\d{2}):(\d{2})/.exec(name) ?? []
  const utcOffsetMilliseconds = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS
  return { utcOffset: `${sign}${hours}:${minutes}`, utcOffsetMilliseconds }
}
