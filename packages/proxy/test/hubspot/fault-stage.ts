import { count, date, defineEvents, number, oneOf, text } from '@trackline/shared'
import { installUrl } from '../../src/cli/connect.ts'
import { planDefinitions } from '../../src/cli/plan-definitions.ts'
import { writeAppEventFile } from '../../src/hubspot/definitions/app-event-file.ts'
import { generateServerKey } from '../../src/identity/server-key.ts'
import type { TargetName } from '../../src/outbox/event.ts'
import { startStack } from '../stage/start-stack.ts'

/** What HubSpot is told of; the proxy's definition of `method` has one value more, so that an event can be one that HubSpot refuses. */
const KNOWN_METHODS = ['password', 'sso'] as const
export const POISON = 'passkey'

function definitionsWith<const Methods extends readonly string[]>(methods: Methods) {
  return defineEvents({
    login: {
      label: 'Logged in',
      properties: {
        method: oneOf(methods, { contactProperty: 'login_method' }),
        number: number(),
        note: text(),
        since: date(),
        logins: number({ derive: count('login'), contactProperty: 'login_count' }),
      },
    },
  })
}

export const PORTAL = 62515
const NEVER_REACHED = 1_000_000

/** A proxy that delivers to one target of a HubSpot that limits no rate, with everything defined there. */
export async function openFaultStage(target: TargetName, { batchSize, now }: { batchSize: number; now?: () => Date }) {
  const key = generateServerKey()
  const stack = await startStack({
    config: {
      events: definitionsWith([...KNOWN_METHODS, POISON]),
      hubspot: { requestsPer10Seconds: NEVER_REACHED, timeoutMs: 5_000, targets: { [target]: { batchSize } } },
      retry: { firstMs: 20, maxMs: 80 },
    },
    site: { targets: [target], serverKeys: [key.digest] },
    emulator: { per10s: null, ...(now ? { now } : {}) },
    isConnected: false,
  })
  const narrow = definitionsWith(KNOWN_METHODS)
  const { parts } = stack.server
  const known = { ...parts, config: { ...parts.config, events: narrow } }
  await stack.followInstall(await installUrl(parts, 'main'))
  for (const step of (await planDefinitions(known)).steps) await step.run()
  await stack.emulated('/_emulator/app-event-types', 'POST', JSON.parse(writeAppEventFile('login', narrow.login, undefined)))
  await stack.emulated('/_emulator/requests', 'DELETE')

  return {
    ...stack,
    /** Sends as the site's server. */
    byServer: (messages: object[]) => stack.track(messages, { headers: { authorization: `Bearer ${key.key}` } }),
    /** How many requests of events were answered with each status. */
    async answers(): Promise<Map<string, number>> {
      const requests = await stack.emulated<{ method: string; path: string; status: number | string; count: number }[]>('/_emulator/requests')
      const writing = requests.filter(({ method, path }) => method !== 'GET' && /batch/.test(path))
      const byStatus = new Map<string, number>()
      for (const { status, count: calls } of writing) byStatus.set(String(status), (byStatus.get(String(status)) ?? 0) + calls)
      return byStatus
    },
  }
}
