import type { EventDefinitions } from '@trackline/shared'
import { inject } from 'vue'
import type { App, InjectionKey } from 'vue'
import type { AnyTracker } from '../any-tracker.ts'
import type { RegisteredEvents } from '../registered-events.ts'
import type { Tracker } from '../tracker.ts'
import { givenTracker } from './given-tracker.ts'

const KEY: InjectionKey<AnyTracker> = Symbol('trackline')

/** Gives a tracker to all components of an application: `app.use(trackPlugin, tracker)`. */
export const trackPlugin = {
  install(app: App, tracker: AnyTracker): void {
    app.provide(KEY, tracker)
  },
}

/** The whole tracker: `reset()` on sign-out, `consent()`, `flush()`. @throws TypeError without `trackPlugin` */
export function useTracker<Events extends EventDefinitions = RegisteredEvents>(): Tracker<Events> {
  return givenTracker(inject(KEY, undefined), 'app.use(trackPlugin, tracker)')
}

/** `track()` of the application's tracker; call it in `setup`. @throws TypeError without `trackPlugin` */
export const useTrack = <Events extends EventDefinitions = RegisteredEvents>() => useTracker<Events>().track
