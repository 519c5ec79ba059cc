import type { EventDefinitions } from '@trackline/shared'

/**
 * Names your events once for all bindings, beside the tracker:
 * `declare module '@trackline/snippet' { interface Register { events: Events } }`.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- it is yours to fill
export interface Register {}

/** What `useTrack()` takes: the registered events, or any while none are registered. */
export type RegisteredEvents = Register extends { events: infer Events extends EventDefinitions } ? Events : EventDefinitions
