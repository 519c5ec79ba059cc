import { newTracker, trackSelfDescribingEvent } from '@snowplow/browser-tracker'

newTracker('sp', location.origin, { appId: 'bench', encodeBase64: false, keepalive: true })
window.track = (name, properties) => trackSelfDescribingEvent({ event: { schema: 'iglu:bench/event/jsonschema/1-0-0', data: { name, ...properties } } })
