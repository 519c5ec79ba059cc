import type { ValueProvider } from '@angular/core'
import type { AnyTracker } from '../any-tracker.ts'
import type { RegisteredEvents } from '../registered-events.ts'
import type { Consent, Tracker } from '../tracker.ts'

/** The tracker as a service, typed by the registered events: `inject(TrackService).track('login', …)`. */
export abstract class TrackService implements Tracker<RegisteredEvents> {
  abstract track: Tracker<RegisteredEvents>['track']
  abstract flush(): Promise<void>
  abstract reset(): void
  abstract consent(choice: Consent): void
}

/** Gives a tracker to the application: `bootstrapApplication(App, { providers: [provideTracker(tracker)] })`. */
export const provideTracker = (tracker: AnyTracker): ValueProvider => ({ provide: TrackService, useValue: tracker })
