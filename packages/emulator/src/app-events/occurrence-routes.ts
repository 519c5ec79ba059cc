import type { FastifyInstance } from 'fastify'
import type { StoredEvent } from '../events/event-store.ts'
import { storeAll } from '../events/store-all.ts'
import { nameOf } from '../events/store-event.ts'
import type { ReadyEvent } from '../events/store-event.ts'
import { readJson } from '../http/body-parsers.ts'
import type { Guard } from '../http/guard.ts'
import { HubSpotError } from '../http/hubspot-error.ts'
import { readBatch, readOne } from '../http/read-batch.ts'
import { APP_EVENT_SCOPES } from '../oauth/scopes.ts'
import type { World } from '../world.ts'
import { APP_EVENT_PATHS } from './app-event-paths.ts'
import { checkOccurrence } from './check-occurrence.ts'
import { occurrenceWire } from './occurrence-wire.ts'
import { readOccurrence } from './read-occurrence.ts'
import type { OccurrenceDraft } from './read-occurrence.ts'

const BATCH = { kind: 'BatchInputAppEventOccurrence', list: 'inputs', max: 500, read: readOccurrence }

/**
 * Takes app events: 200 without a body for one, 200 with results for a batch, which is stored whole or not at all. 400 for
 * whatever breaks a rule, 409 for a type and id that exist, in any account.
 */
export function occurrenceRoutes(app: FastifyInstance, world: World, guard: Guard): void {
  const door = { onRequest: guard.oauth(APP_EVENT_SCOPES) }

  for (const path of APP_EVENT_PATHS) {
    app.post(`${path}/events`, door, async (request, reply) => {
      write(world, guard.portalOf(request), [readOne(readJson(request), readOccurrence)])
      return reply.code(200).send()
    })
    app.post(`${path}/events/batch`, door, async (request) => {
      const startedAt = world.now().toISOString()
      const stored = write(world, guard.portalOf(request), readBatch(readJson(request), BATCH))
      return { status: 'COMPLETE', startedAt, completedAt: world.now().toISOString(), results: stored.map(occurrenceWire) }
    })
  }
}

function write(world: World, portalId: number, drafts: readonly OccurrenceDraft[]): StoredEvent[] {
  const events = drafts.map((draft) => checkOccurrence(world, portalId, draft))
  refuseKnown(world, events)
  return storeAll(world, events)
}

function refuseKnown(world: World, events: readonly ReadyEvent[]) {
  const seen = new Set<string>()
  const known = events.filter((event) => {
    const key = JSON.stringify(nameOf(event))
    const isRepeated = seen.has(key)
    seen.add(key)
    return isRepeated || world.events.find(nameOf(event)) !== undefined
  })
  const [first] = known
  if (first === undefined) return
  throw new HubSpotError(409, `An occurrence of "${first.type.id}" with the id "${first.id}" exists already: none was stored`, {
    body: { category: 'CONFLICT', context: { ids: known.map(({ id }) => id) } },
  })
}
