import type { FastifyInstance } from 'fastify'
import { storeAll } from '../events/store-all.ts'
import { nameOf } from '../events/store-event.ts'
import { readJson } from '../http/body-parsers.ts'
import type { Guard } from '../http/guard.ts'
import { readBatch, readOne } from '../http/read-batch.ts'
import type { World } from '../world.ts'
import { checkCompletion } from './check-completion.ts'
import type { ReadyCompletion } from './check-completion.ts'
import { enterpriseDoor } from './enterprise-door.ts'
import { readCompletion } from './read-completion.ts'
import type { CompletionDraft } from './read-completion.ts'

const PATHS = ['/events/2026-03/send', '/events/v3/send']
const SCOPES = ['analytics.behavioral_events.send']
const BATCH = { kind: 'BatchedBehavioralEventHttpCompletionRequest', list: 'inputs', max: 500, read: readCompletion }

/**
 * Takes custom events, one or a batch, and answers 204 without a body. A batch is stored whole or refused whole.
 *
 * A `uuid` that its definition's events have used within a year is answered 204 as well and stored once: HubSpot drops the
 * repeat after it has answered, so a sender cannot see it. `writes` in `/_emulator/events` counts it.
 */
export function sendRoutes(app: FastifyInstance, world: World, guard: Guard): void {
  const door = enterpriseDoor(world, guard, SCOPES)

  for (const path of PATHS) {
    app.post(path, door, async (request, reply) => {
      write(world, guard.portalOf(request), [readOne(readJson(request), readCompletion)])
      return reply.code(204).send()
    })
    app.post(`${path}/batch`, door, async (request, reply) => {
      write(world, guard.portalOf(request), readBatch(readJson(request), BATCH))
      return reply.code(204).send()
    })
  }
}

function write(world: World, portalId: number, drafts: readonly CompletionDraft[]) {
  const completions = drafts.map((draft) => checkCompletion(world, portalId, draft))
  const { fresh, repeats } = separateRepeats(world, completions)
  storeAll(
    world,
    fresh.map(({ event }) => event),
  )
  for (const { event, uuid } of fresh) if (uuid !== undefined) world.customEvents.noteUse(event.type.id, uuid, event.id)
  for (const { event, uuid } of repeats) {
    const id = world.customEvents.findUse(event.type.id, uuid ?? '')
    if (id !== undefined) world.events.countRepeat({ api: 'custom-events', typeId: event.type.id, id })
  }
}

function separateRepeats(world: World, completions: readonly ReadyCompletion[]) {
  const seen = new Set<string>()
  const isRepeat = ({ event, uuid }: ReadyCompletion) => {
    if (uuid === undefined) return false
    const key = JSON.stringify([event.type.id, uuid])
    const isKnown = seen.has(key) || world.customEvents.findUse(event.type.id, uuid) !== undefined
    seen.add(key)
    return isKnown
  }
  const { fresh = [], repeats = [] } = Object.groupBy(completions, (completion) => (isRepeat(completion) ? 'repeats' : 'fresh'))
  return { fresh: fresh.map((completion) => withFreeId(world, completion)), repeats }
}

// An event is kept under its uuid, unless one of more than a year ago is already.
function withFreeId(world: World, { event, uuid }: ReadyCompletion): ReadyCompletion {
  const isTaken = world.events.find(nameOf(event)) !== undefined
  return { event: isTaken ? { ...event, id: world.newId() } : event, uuid }
}
