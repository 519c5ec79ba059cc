/**
 * The script tag's built file is `@trackline/snippet/s.js` (`packages/snippet/dist/s.js`, written by `npm run build`);
 * a server finds it with `import.meta.resolve('@trackline/snippet/s.js')` and may serve it with an ETag of its content.
 */
export { createTracker } from './create-tracker.ts'
export type { Register, RegisteredEvents } from './registered-events.ts'
export { trackElements } from './track-elements.ts'
export type { Consent, Outcome, SessionToken, Tracker, TrackerOptions, TrackFailure, TrackOptions } from './tracker.ts'
